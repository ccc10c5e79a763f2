/// Turns token ids into text as they come, and never gives half a character.
///
/// Bytes that may still become a character are held back until they have. Put together, the pieces are what
/// ``Tokenizer/decode(_:skippingSpecialTokens:continuingText:)`` makes of all ids at once.
public struct StreamingDetokenizer: Sendable {
    private let tokenizer: Tokenizer
    private let skippingSpecialTokens: Bool
    private var pending: [UInt8] = []
    private var dropsSpace: Bool

    /// A detokenizer at the start of a text, or of a continuation of one.
    public init(_ tokenizer: Tokenizer, skippingSpecialTokens: Bool = true, continuingText: Bool = false) {
        self.tokenizer = tokenizer
        self.skippingSpecialTokens = skippingSpecialTokens
        dropsSpace = tokenizer.addsSpacePrefix && !continuingText
    }

    /// The text that has become certain with this token: perhaps none.
    public mutating func append(_ id: Int32) -> String {
        tokenizer.append(
            id, to: &pending, skippingSpecialTokens: skippingSpecialTokens, dropsSpace: &dropsSpace)
        let held = UTF8Sequence.incompleteSuffix(of: pending)
        let text = String(decoding: pending.dropLast(held), as: UTF8.self)
        pending.removeFirst(pending.count - held)
        return text
    }

    /// Goes on where another one is, in memory of its own.
    public mutating func goOn(from other: StreamingDetokenizer) {
        pending.removeAll(keepingCapacity: true)
        pending += other.pending
        dropsSpace = other.dropsSpace
    }

    /// What is left at the end: U+FFFD for a character that never was completed, or nothing.
    public mutating func finish() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }
}
