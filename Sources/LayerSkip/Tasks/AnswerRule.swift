/// How a generated answer is compared with the right ones: the part that counts, and what is ignored.
///
/// Both texts are treated alike. Whitespace at the beginning and end never counts.
package struct AnswerRule: Sendable, Equatable {
    /// The part of a text that is compared.
    package enum Part: String, Sendable, CaseIterable {
        /// All of it.
        case whole
        /// The first line that is not blank.
        case firstLine = "first-line"
        /// The last line that is not blank.
        case lastLine = "last-line"
        /// The last number, without separators of thousands.
        case lastNumber = "last-number"
    }

    /// What a comparison ignores.
    package enum Difference: String, Sendable, CaseIterable {
        /// Upper and lower case.
        case letterCase = "case"
        /// Characters that are punctuation or symbols.
        case punctuation
        /// The words a, an and the.
        case articles
        /// The kind and number of spaces and line ends between words.
        case spaces
    }

    /// The text after whose last occurrence an answer begins, such as `####`; nil for none. A text without it counts
    /// as a whole.
    package var marker: String?
    /// The part that is compared.
    package var part: Part
    /// What is ignored.
    package var ignored: Set<Difference>

    /// Creates a rule, by default for whole texts.
    package init(marker: String? = nil, part: Part = .whole, ignored: Set<Difference> = []) {
        self.marker = marker
        self.part = part
        self.ignored = ignored
    }

    /// The text as it is compared; nil if it has no such part.
    package func normalized(_ text: String) -> String? {
        var text = text
        if let marker, let range = text.ranges(of: marker).last { text = String(text[range.upperBound...]) }
        switch part {
        case .whole: break
        case .firstLine, .lastLine:
            let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
            guard let line = part == .firstLine ? lines.first : lines.last else { return nil }
            text = String(line)
        case .lastNumber:
            guard let number = Self.lastNumber(in: text) else { return nil }
            return number
        }
        if ignored.contains(.letterCase) { text = text.lowercased() }
        if ignored.contains(.punctuation) { text = String(text.filter { !$0.isPunctuation && !$0.isSymbol }) }
        if ignored.contains(.articles) {
            text = Self.words(text).filter { !["a", "an", "the"].contains($0.lowercased()) }.joined(separator: " ")
        }
        if ignored.contains(.spaces) { text = Self.words(text).joined(separator: " ") }
        return String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// Whether a generated text is one of the right answers.
    package func accepts(_ text: String, asOneOf answers: [String]) -> Bool {
        guard let text = normalized(text) else { return false }
        // Texts are compared as bytes: equal characters may be written in several ways.
        return answers.contains { normalized($0).map { $0.utf8.elementsEqual(text.utf8) } ?? false }
    }

    private static func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

    /// The last number of a text: digits with an optional sign, separators of thousands and a fraction. Zeros at the
    /// end of the fraction are dropped.
    private static func lastNumber(in text: String) -> String? {
        let bytes = Array(text.utf8)
        func isDigit(_ index: Int) -> Bool { bytes.indices.contains(index) && (0x30...0x39).contains(bytes[index]) }
        guard var last = bytes.indices.last(where: isDigit) else { return nil }
        let end = last
        // A comma or a point between digits belongs to the number.
        func joins(_ index: Int) -> Bool { index > 0 && [0x2C, 0x2E].contains(bytes[index]) && isDigit(index - 1) }
        while isDigit(last - 1) || joins(last - 1) { last -= 1 }
        var digits = String(decoding: bytes[last...end].filter { $0 != 0x2C }, as: UTF8.self)
        if digits.contains(".") {
            while digits.last == "0" { digits.removeLast() }
            if digits.last == "." { digits.removeLast() }
        }
        let isNegative = last > 0 && bytes[last - 1] == UInt8(ascii: "-") && (last < 2 || !isDigit(last - 2))
        return (isNegative ? "-" : "") + digits
    }
}
