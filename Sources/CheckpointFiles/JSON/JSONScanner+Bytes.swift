extension JSONScanner {
    var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    /// Skips a word if it comes next, and says whether it did.
    mutating func take(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard offset + count <= bytes.count else { return false }
        for index in 0..<count where bytes[offset + index] != word.utf8Start[index] { return false }
        offset += count
        return true
    }

    mutating func expect(_ word: StaticString, _ expected: @autoclosure () -> String) throws(JSONFault) {
        guard take(word) else { throw fault(expected(), whatFollows) }
    }

    /// A fault at the current offset.
    func fault(_ expected: String, _ found: String) -> JSONFault { fault(at: offset, expected, found) }

    func fault(at offset: Int, _ expected: String, _ found: String) -> JSONFault {
        JSONFault(offset: offset, place: place, expected: expected, found: found)
    }

    /// A description of what comes next, for errors.
    var whatFollows: String {
        guard let next = peek else { return "the end" }
        for number in ["NaN", "Infinity", "-Infinity"] where bytes[offset...].starts(with: number.utf8) {
            return "\(number), which Python writes but JSON does not allow"
        }
        let isWord = { (byte: UInt8) in byte != 0x2C && byte != 0x5D && byte != 0x7D && byte > 0x20 }
        let word = bytes[offset...].prefix(24).prefix(while: isWord)
        return String(decoding: word.isEmpty ? bytes[offset...offset] : word, as: UTF8.self).quoted
            + (next == UInt8(ascii: "'") ? "; JSON has only double quotation marks" : "")
    }

    /// Skips a UTF-8 byte order mark and refuses UTF-16 and UTF-32, which begin with a mark or contain zeros.
    mutating func checkEncoding() throws(JSONFault) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
        let start = bytes.prefix(4)
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF])
            || start.count > 1 && start.contains(0) && start.contains(where: { $0 != 0 })
        {
            throw fault("JSON in UTF-8", "UTF-16 or UTF-32")
        }
    }
}
