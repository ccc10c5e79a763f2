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

    /// Memory with undefined contents; large blocks cost nothing until they are written.
    package init(byteCount: Int) {
        // Large blocks ask for 2 MiB pages: weights are read from end to end for every token, and each page of 4 KiB
        // would need its own entry in the TLB.
        let hugePage = 2 << 20
        let isLarge = byteCount >= 2 * hugePage
        var memory: UnsafeMutableRawPointer?
        let status = posix_memalign(&memory, isLarge ? hugePage : 64, max(byteCount, 64))
        guard status == 0, let memory else { fatalError("out of memory: \(byteCount) bytes") }
        #if os(Linux)
            if isLarge { madvise(memory, byteCount, MADV_HUGEPAGE) }
        #endif
        address = memory
        self.byteCount = byteCount
    }

    deinit { free(address) }

    /// The start of the memory, as elements of one type.
    func elements<T>(_ type: T.Type = T.self) -> UnsafeMutablePointer<T> {
        address.assumingMemoryBound(to: type)
    }
}
