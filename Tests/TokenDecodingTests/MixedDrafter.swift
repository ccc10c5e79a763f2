import LanguageModels

@testable import TokenDecoding

/// A drafter that alternates, differently in each round, between tokens that followed the last token's previous
/// occurrence and drafts by layers. It stops if the layers' probability is low.
struct MixedDrafter: Drafter {
    let exitLayer: Int
    let draftLength: Int
    let leastConfidence: Double
    private(set) var rounds = 0
    private(set) var given = 0

    var needsConfidences: Bool { true }

    init(exitLayer: Int, draftLength: Int, leastConfidence: Double) {
        self.exitLayer = exitLayer
        self.draftLength = draftLength
        self.leastConfidence = leastConfidence
    }

    mutating func next(_ context: DraftingContext) -> DraftStep {
        if let last = context.confidences.last, last < leastConfidence { return .done }
        guard (rounds + context.drafted.count) % 3 != 0 else { return .rows(through: exitLayer) }
        let text = context.tokens + context.drafted
        guard let place = text.dropLast().lastIndex(of: text[text.count - 1]) else { return .rows(through: exitLayer) }
        return .tokens(text[(place + 1)...].prefix(2))
    }

    mutating func learn(_ round: Round) {
        rounds += 1
        given += round.tokens.count
        precondition(round.tokens.count == round.accepted + 1 && round.accepted <= round.drafted)
        precondition((round.source == nil) == (round.drafted == 0))
    }
}
