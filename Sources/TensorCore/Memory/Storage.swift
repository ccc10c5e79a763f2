import CLibc

/// A block of memory that tensors share.
///
/// Its start is aligned to a cache line, so that no vector load of a panel crosses two lines.
package final class Storage: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    package let byteCount: Int
    /// The address that the heap returned.
    private let allocation: UnsafeMutableRawPointer

    /// Allocates memory with undefined contents; large blocks take no resident memory until they are written. If the
    /// allocation fails, the program ends (``MemoryError/onFailure(_:)``).
    package init(byteCount: Int) {
        // Large blocks request 2 MiB pages: weights are read from end to end for every token, and each page of 4 KiB
        // would need its own TLB entry.
        let hugePage = 2 << 20
        let isLarge = byteCount >= 2 * hugePage
        let alignment = isLarge ? hugePage : 64
        // Aligned by hand: glibc's posix_memalign frees the bytes before an aligned block as a separate small block,
        // which prevents its neighbours from merging, so the heap grows by up to 100 MB.
        guard byteCount < 1 << 16 || MemoryBudget.allows(byteCount), let memory = malloc(byteCount + alignment) else {
            MemoryError(byteCount: byteCount, purpose: "memory", available: nil).fail()
        }
        allocation = memory
        address = memory.alignedUp(toMultipleOf: alignment)
        #if os(Linux)
            if isLarge { madvise(address, byteCount, MADV_HUGEPAGE) }
        #endif
        self.byteCount = byteCount
    }

    deinit { free(allocation) }

    /// The start of the memory, as elements of one type.
    func elements<T>(_ type: T.Type = T.self) -> UnsafeMutablePointer<T> {
        address.assumingMemoryBound(to: type)
    }
}
