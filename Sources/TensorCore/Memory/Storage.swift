import CLibc

/// A block of memory that tensors share.
///
/// Its start is aligned to a cache line, so that no vector load of a panel crosses two lines.
package final class Storage: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    package let byteCount: Int
    private let owner: Owner

    /// What keeps the memory in place.
    private enum Owner {
        /// The heap, which returned this address.
        case heap(UnsafeMutableRawPointer)
        /// An object, such as a mapped file, whose memory is only read.
        case object(any AnyObject & Sendable)
    }

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
        owner = .heap(memory)
        address = memory.alignedUp(toMultipleOf: alignment)
        #if os(Linux)
            if isLarge { madvise(address, byteCount, MADV_HUGEPAGE) }
        #endif
        self.byteCount = byteCount
    }

    /// Uses memory that an object keeps in place and unchanged, such as a mapped file. It is only read.
    ///
    /// - Precondition: it is aligned to a cache line.
    package init(_ bytes: UnsafeRawBufferPointer, ownedBy owner: any AnyObject & Sendable) {
        guard let start = bytes.baseAddress else { preconditionFailure("memory without bytes") }
        precondition(UInt(bitPattern: start) % 64 == 0, "memory aligned to a cache line")
        address = UnsafeMutableRawPointer(mutating: start)
        byteCount = bytes.count
        self.owner = .object(owner)
    }

    deinit {
        if case .heap(let allocation) = owner { free(allocation) }
    }

    /// Lends the bytes for the duration of a call.
    package func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = UnsafeRawBufferPointer(start: address, count: byteCount)
        return try withExtendedLifetime(self) { () throws(Failure) in try body(bytes.bytes) }
    }

    /// The start of the memory, as elements of one type.
    func elements<T>(_ type: T.Type = T.self) -> UnsafeMutablePointer<T> {
        address.assumingMemoryBound(to: type)
    }
}
