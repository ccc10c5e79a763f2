#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The bytes with which the strings begin that are looked for, to pass over what begins none of them.
struct FirstBytes: Sendable {
    private var contains = [Bool](repeating: false, count: 256)
    private var bytes: [UInt8] = []

    /// Adds a byte.
    mutating func insert(_ byte: UInt8) {
        if !contains[Int(byte)] { bytes.append(byte) }
        contains[Int(byte)] = true
    }

    /// Where the first of the bytes stands in a part of a text; nil where there is none.
    ///
    /// Most vocabularies' special tokens begin with the same byte, and the system's search is the fastest for one.
    func next(in text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard bytes.count == 1 else {
            for place in range where contains[Int(text[place])] { return place }
            return nil
        }
        return unsafe text.extracting(range).withUnsafeBufferPointer { part in
            guard let start = part.baseAddress,
                let found = unsafe memchr(start, Int32(bytes[0]), part.count)
            else { return nil }
            return unsafe range.lowerBound + UnsafeRawPointer(start).distance(to: found)
        }
    }
}
