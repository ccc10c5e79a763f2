import CLibc

/// The set of first bytes of the strings that are searched for, used to skip text where none begins.
struct FirstBytes: Sendable {
    private var contains = [Bool](repeating: false, count: 256)
    private var bytes: [UInt8] = []

    /// Adds a byte.
    mutating func insert(_ byte: UInt8) {
        if !contains[Int(byte)] { bytes.append(byte) }
        contains[Int(byte)] = true
    }

    /// The position of the first of these bytes in a range of a text; nil if there is none.
    ///
    /// In most vocabularies all special tokens begin with the same byte, and the system's search is fastest for one
    /// byte.
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
