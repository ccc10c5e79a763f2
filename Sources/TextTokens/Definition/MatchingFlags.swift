/// How a token that is matched as a whole treats the text around it, as in the `added_tokens` of a tokenizer.json.
package struct MatchingFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Matched in the normalized text that the other tokens leave (`normalized`).
    package static let normalized = Self(rawValue: 1)
    /// Drops the whitespace before it (`lstrip`).
    package static let stripsLeft = Self(rawValue: 2)
    /// Drops the whitespace after it (`rstrip`).
    package static let stripsRight = Self(rawValue: 4)
    /// Matched only where no letter or digit adjoins it (`single_word`).
    package static let singleWord = Self(rawValue: 8)
}
