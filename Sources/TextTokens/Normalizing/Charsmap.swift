/// SentencePiece's table of replacements (`precompiled_charsmap`): a trie of texts, and what replaces each.
struct Charsmap: Sendable {
    private let trie: DoubleArrayTrie
    /// The replacements, each followed by a zero byte. A trie's value is the start of one.
    private let replacements: [UInt8]

    /// Reads a table: the size of the trie in bytes, its units (all numbers little-endian), and the replacements.
    ///
    /// - Throws: ``TokenizerError/malformedFile(place:expected:found:)`` if sizes or offsets are impossible, or a
    ///   replacement is not UTF-8.
    init(_ bytes: [UInt8]) throws(TokenizerError) {
        func error(_ expected: String, _ found: String) -> TokenizerError {
            .malformedFile(place: "precompiled_charsmap", expected: expected, found: found)
        }
        guard bytes.count > 4 else { throw error("more than 4 bytes", "\(bytes.count)") }
        func number(at place: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32($1 * 8) }
        }
        let size = Int(number(at: 0))
        guard size > 0, size % 4 == 0, size <= bytes.count - 4 else {
            throw error("a trie of 4 to \(bytes.count - 4) bytes, in units of 4", "\(size) bytes")
        }
        let trie = DoubleArrayTrie(units: stride(from: 4, to: 4 + size, by: 4).map { number(at: $0) })
        let replacements = Array(bytes[(4 + size)...])
        if let unit = trie.firstInvalidUnit(where: { $0 < replacements.count }) {
            throw error("places among \(replacements.count) bytes of replacements", "another in unit \(unit)")
        }
        guard String(validating: replacements, as: UTF8.self) != nil else {
            throw error("replacements in UTF-8", "invalid bytes")
        }
        self.trie = trie
        self.replacements = replacements
    }

    /// The replacement that starts at a trie's value.
    private func replacement(at start: Int) -> ArraySlice<UInt8> {
        replacements[start..<(replacements[start...].firstIndex(of: 0) ?? replacements.endIndex)]
    }

    /// Whether the table has a text that starts with a byte.
    func hasTexts(startingWith byte: UInt8) -> Bool { trie.hasKeys(startingWith: byte) }

    /// The longest text of the table that starts at a position: its length and replacement.
    func longestMatch(in text: Span<UInt8>, from start: Int) -> (length: Int, part: ArraySlice<UInt8>)? {
        trie.longestMatch(in: text, from: start).map { ($0.length, replacement(at: $0.value)) }
    }

    /// The replacement of the shortest text of the table that a range starts with.
    func shortestMatch(in text: Span<UInt8>, _ range: Range<Int>) -> ArraySlice<UInt8>? {
        guard var node = trie.root else { return nil }
        for place in range {
            guard trie.advance(&node, by: text[place]) else { return nil }
            if let value = trie.value(at: node) { return replacement(at: value) }
        }
        return nil
    }
}
