import LanguageModels
import TextTokens
import TokenDecoding

/// Builds a text of the rounds that write it, and finds where it ends.
struct TextBuilder {
    private var assembler: TextAssembler
    /// The tokens that end the text.
    private let ends: Set<Token>
    private var ending: FinishReason?

    /// - Parameter emit: receives text and drafts.
    init(_ tokenizer: Tokenizer, _ options: GenerationOptions, emit: @escaping (GenerationEvent) -> Void = { _ in }) {
        assembler = TextAssembler(tokenizer, stops: options.stops, emit: emit)
        ends = options.ignoresEndOfText ? [] : Set(tokenizer.endOfTextTokens)
    }

    /// The text so far.
    var text: String { assembler.text }

    /// Emits the text of a drafted token, which may be rejected later.
    mutating func showDraft(_ token: Token, by source: DraftSource) { assembler.showDraft(token, by: source) }

    /// Adds a round's tokens up to the end of the text.
    ///
    /// - Returns: the number of tokens to keep if the text ends; otherwise nil.
    mutating func take(_ round: Round) -> Int? {
        if round.drafted > 0 { assembler.emit(.verified(accepted: round.accepted)) }
        for (index, token) in round.tokens.enumerated() {
            if ends.contains(token) {
                ending = .endOfText(token)
                return index
            }
            if let stop = assembler.append(token, draftedBy: index < round.accepted ? round.source : nil) {
                ending = .stop(stop)
                return index + 1
            }
        }
        assembler.beginDraft()
        return nil
    }

    /// Ends the text, and emits what was held back. Returns the reason why it ended.
    mutating func finish(_ end: WritingEnd) -> FinishReason {
        let reason: FinishReason =
            switch end {
            case .limit: .maxTokens
            case .contextFull: .contextFull
            case .cancelled: .cancelled
            case .stopped: ending ?? .cancelled
            }
        assembler.finish(reason)
        return reason
    }
}
