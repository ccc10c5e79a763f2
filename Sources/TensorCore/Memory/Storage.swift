#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A block of memory that tensors share.
///
/// Its start is aligned to a cache line, so that no vector load of a panel straddles two lines.
package final class Storage: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    package let byteCount: Int
    /// Where the memory begins for the heap.
    private let allocation: UnsafeMutableRawPointer

    /// Memory with undefined contents; large blocks cost nothing until they are written. Where there is none, the
    /// program ends (``MemoryError/onFailure(_:)``).
    package init(byteCount: Int) {
        // Large blocks ask for 2 MiB pages: weights are read from end to end for every token, and each page of 4 KiB
        // would need its own entry in the TLB.
        let hugePage = 2 << 20
        let isLarge = byteCount >= 2 * hugePage
        let alignment = isLarge ? hugePage : 64
        // Aligned by hand: glibc's posix_memalign gives the bytes before an aligned block back as a small block of its
        // own, which keeps its neighbours from becoming one again, and the heap grows by up to 100 MB.
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
