import CLibc

/// Zeroed memory in pages of 2 MiB if available, like the library's.
final class Memory {
    let address: UnsafeMutableRawPointer

    init(byteCount: Int) {
        let page = 2 << 20
        let size = max(1, (byteCount + page - 1) / page) * page
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, page, size) == 0, let memory else {
            fatalError("out of memory: \(byteCount) bytes")
        }
        #if os(Linux)
            madvise(memory, size, MADV_HUGEPAGE)
        #endif
        memset(memory, 0, size)
        address = memory
    }

    /// Allocates memory for floats.
    convenience init(floats: Int) { self.init(byteCount: floats * MemoryLayout<Float>.stride) }

    deinit { free(address) }

    /// The memory as floats.
    var floats: UnsafeMutablePointer<Float> { address.assumingMemoryBound(to: Float.self) }
}
