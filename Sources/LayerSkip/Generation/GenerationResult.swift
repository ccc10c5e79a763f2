public import LanguageModels
public import TokenDecoding

/// The reason why a text ended.
public enum FinishReason: Sendable, Equatable {
    /// The model ended it with this token, which is not part of the text.
    case endOfText(Token)
    /// This stop text appeared, which is not part of the text.
    case stop(String)
    /// The maximum number of tokens was reached.
    case maxTokens
    /// Prompt and text fill the model's context.
    case contextFull
    /// The caller cancelled it.
    case cancelled
}

/// A finished text with statistics.
public struct GenerationResult: Sendable {
    /// The text, without the prompt.
    public let text: String
    /// The prompt's token ids.
    public let promptTokens: [Token]
    /// The text's token ids. If a stop text ended it, they include the token that completed the stop text.
    public let tokens: [Token]
    /// The reason why it ended.
    public let finishReason: FinishReason
    /// Counts and times.
    public let statistics: DecodingStatistics
    /// The size of the cache in bytes at the end.
    public let cacheByteCount: Int
    /// The rounds that wrote the text; empty unless ``GenerationOptions/recordsRounds`` is set. The last one may have
    /// tokens after the text's end.
    public let rounds: [GenerationRound]
    /// The number of a conversation's oldest turns that the model saw before this answer and no longer sees, because
    /// they do not fit into its context.
    public internal(set) var forgottenTurns = 0
}

/// An event during the generation of a text.
public enum GenerationEvent: Sendable {
    /// A token was drafted, which may be rejected. The string has the whole characters that it would add, perhaps none.
    case drafted(String, by: DraftSource)
    /// The number of drafted tokens accepted since the last such event. Their text follows as ``text(_:draftedBy:)``.
    case verified(accepted: Int)
    /// More of the text: whole characters, which are final. Text from accepted drafts has its source and comes in
    /// separate events. A character of several tokens belongs to the last of them.
    case text(String, draftedBy: DraftSource?)
    /// So many of a conversation's oldest turns were forgotten, since it no longer fits into the model's context.
    case forgotten(turns: Int)
}
