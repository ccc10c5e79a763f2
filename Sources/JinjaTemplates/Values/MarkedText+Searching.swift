extension MarkedText {
    /// The offset of the first occurrence at or after `start` that ends by `end`, in linear time.
    func find(_ pattern: [UInt8], from start: Int, to end: Int) -> Int? {
        guard let first = pattern.first else { return start <= end ? start : nil }
        guard end - start >= pattern.count else { return nil }
        guard pattern.count <= 16 else { return findLong(pattern, from: start, to: end) }
        var offset = start
        while offset <= end - pattern.count {
            if bytes[offset] == first, matches(pattern, at: offset) { return offset }
            offset += 1
        }
        return nil
    }

    /// The offset of the last occurrence within a range.
    func findLast(_ pattern: [UInt8], from start: Int, to end: Int) -> Int? {
        if pattern.isEmpty { return start <= end ? end : nil }
        guard end - start >= pattern.count else { return nil }
        let reversed = MarkedText(bytes[start..<end].reversed())
        let found = reversed.find(pattern.reversed(), from: 0, to: reversed.bytes.count)
        return found.map { end - $0 - pattern.count }
    }

    func matches(_ pattern: [UInt8], at offset: Int) -> Bool {
        guard offset >= 0, bytes.count - offset >= pattern.count else { return false }
        for index in pattern.indices where bytes[offset + index] != pattern[index] { return false }
        return true
    }

    func hasSuffix(_ pattern: [UInt8]) -> Bool { matches(pattern, at: bytes.count - pattern.count) }

    /// Searches with the algorithm of Knuth, Morris and Pratt, which never looks at a byte of the text twice.
    private func findLong(_ pattern: [UInt8], from start: Int, to end: Int) -> Int? {
        var borders = [Int](repeating: 0, count: pattern.count)
        var length = 0
        for index in 1..<pattern.count {
            while length > 0, pattern[index] != pattern[length] { length = borders[length - 1] }
            if pattern[index] == pattern[length] { length += 1 }
            borders[index] = length
        }
        var matched = 0
        for offset in start..<end {
            while matched > 0, bytes[offset] != pattern[matched] { matched = borders[matched - 1] }
            if bytes[offset] == pattern[matched] { matched += 1 }
            if matched == pattern.count { return offset + 1 - matched }
        }
        return nil
    }

    /// Offsets of all occurrences that do not overlap, at most `limit`.
    func occurrences(of pattern: [UInt8], limit: Int = .max) -> [Int] {
        var found: [Int] = []
        var offset = 0
        while found.count < limit, let next = find(pattern, from: offset, to: bytes.count) {
            found.append(next)
            offset = next + pattern.count
        }
        return found
    }
}
