/// Converts token ids into text incrementally, without ever emitting part of a character.
///
/// Bytes that may still become a character are held back. The concatenated pieces equal the result of
/// ``Tokenizer/decode(_:skippingSpecialTokens:continuingText:)`` for all ids at once.
public struct StreamingDetokenizer: Sendable {
    private let tokenizer: Tokenizer
    private let skippingSpecialTokens: Bool
    private var pending: [UInt8] = []
    private var start: DecodedStart

    /// Creates a detokenizer for the start of a text or, with `continuingText`, for its continuation.
    public init(_ tokenizer: Tokenizer, skippingSpecialTokens: Bool = true, continuingText: Bool = false) {
        self.tokenizer = tokenizer
        self.skippingSpecialTokens = skippingSpecialTokens
        start = DecodedStart(tokenizer, continuingText: continuingText)
    }

    /// Adds a token and returns the text that is now certain, possibly empty.
    public mutating func append(_ id: Int32) -> String {
        tokenizer.append(id, to: &pending, skippingSpecialTokens: skippingSpecialTokens, &start)
        let held = UTF8Sequence.incompleteSuffix(of: pending)
        let text = String(decoding: pending.dropLast(held), as: UTF8.self)
        pending.removeFirst(pending.count - held)
        return text
    }

    /// Copies another detokenizer's state without sharing its memory.
    package mutating func goOn(from other: StreamingDetokenizer) {
        pending.removeAll(keepingCapacity: true)
        pending += other.pending
        start = other.start
    }

    /// Ends the text and returns its rest: U+FFFD for an incomplete character, or nothing.
    public mutating func finish() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }
}
