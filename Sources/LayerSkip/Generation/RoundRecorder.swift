import LanguageModels
import TextTokens
import TokenDecoding

/// Records the rounds of a text, with the text of every token.
struct RoundRecorder {
    private(set) var rounds: [GenerationRound] = []
    private var detokenizer: StreamingDetokenizer
    private var drafted: [Token] = []

    init(_ tokenizer: Tokenizer) {
        // The text continues a prompt, so a leading space is part of it.
        detokenizer = StreamingDetokenizer(tokenizer, continuingText: true)
    }

    /// Adds a token to the draft of the current round.
    mutating func draft(_ token: Token) { drafted.append(token) }

    /// Ends the current round.
    mutating func end(_ round: Round) {
        var draftDetokenizer = detokenizer
        let drafted = Self.pieces(drafted, &draftDetokenizer)
        guard let written = Self.pieces(round.tokens, &detokenizer).last else { return }
        rounds.append(
            GenerationRound(drafted: drafted, accepted: round.accepted, source: round.source, written: written))
        self.drafted.removeAll(keepingCapacity: true)
    }

    /// Ends the text: the last token also adds what stands for an incomplete character.
    mutating func finish() {
        guard !rounds.isEmpty else { return }
        rounds[rounds.count - 1].written.text += detokenizer.finish()
    }

    private static func pieces(
        _ tokens: some Sequence<Token>, _ detokenizer: inout StreamingDetokenizer
    ) -> [GenerationRound.Piece] {
        tokens.map { GenerationRound.Piece(token: $0, text: detokenizer.append($0)) }
    }
}
