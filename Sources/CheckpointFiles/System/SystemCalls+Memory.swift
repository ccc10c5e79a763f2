import CLibc

extension SystemCalls {
    /// Whether two regions of memory hold the same bytes.
    static func areEqual(_ bytes: UnsafeRawBufferPointer, _ others: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == others.count, let first = bytes.baseAddress, let second = others.baseAddress else {
            return bytes.isEmpty && others.isEmpty
        }
        return memcmp(first, second, bytes.count) == 0
    }
}
