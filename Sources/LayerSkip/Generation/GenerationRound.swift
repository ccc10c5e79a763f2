public import LanguageModels
public import TokenDecoding

/// One round of decoding: the tokens that were drafted, and what the full model made of them.
///
/// ``GenerationOptions/recordsRounds`` requests the rounds of a text.
public struct GenerationRound: Sendable, Equatable {
    /// A token and the text that it adds.
    public struct Piece: Sendable, Equatable {
        /// The token's id.
        public let token: Token
        /// Whole characters, perhaps none. A character of several tokens belongs to the last of them.
        public internal(set) var text: String
    }

    /// The drafted tokens, in order; empty without speculation.
    public let drafted: [Piece]
    /// The number of drafted tokens that were accepted: the first ones.
    public let accepted: Int
    /// What drafted them; nil if nothing was drafted.
    public let source: DraftSource?
    /// The token that the full model wrote after the accepted ones.
    public internal(set) var written: Piece
}
