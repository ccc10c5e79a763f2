public import LanguageModels
public import TokenDecoding

/// Why a text ended.
public enum FinishReason: Sendable, Equatable {
    /// The model ended it with this token, which is not part of it.
    case endOfText(Token)
    /// One of the stop texts came, which is not part of it.
    case stop(String)
    /// It has the most tokens it may have.
    case maxTokens
    /// Prompt and text fill the model's context.
    case contextFull
    /// The caller cancelled it.
    case cancelled
}

/// A finished text and how it came about.
public struct GenerationResult: Sendable {
    /// The text, without the prompt.
    public let text: String
    /// The prompt's token ids.
    public let promptTokens: [Token]
    /// The text's token ids; where a stop text ended it, up to the token that completed the stop text.
    public let tokens: [Token]
    /// Why it ended.
    public let finishReason: FinishReason
    /// What was counted and timed.
    public let statistics: DecodingStatistics
    /// Bytes of the cache at the end.
    public let cacheByteCount: Int
}

/// What happens while a text is written.
public enum GenerationEvent: Sendable {
    /// A token was drafted that may not stand; the whole characters that it would add, perhaps none.
    case drafted(String)
    /// The number of drafted tokens accepted since the last such event. Their text follows as ``text(_:isDraft:)``.
    case verified(accepted: Int)
    /// More of the text: whole characters, never taken back. What comes from a draft that stood is marked, and comes
    /// apart from what does not; a character of several tokens belongs to the last of them.
    case text(String, isDraft: Bool)
    /// So many of a conversation's oldest turns were forgotten, since it no longer fits into the model's context.
    case forgotten(turns: Int)
}
