import LanguageModels
import TensorCore

extension TokenStream {
    /// Begins a round with a draft of nothing.
    func beginRound() {
        precondition(limit >= 1 && room >= 1 && !tokens.isEmpty, "a round needs a prompt and room for a token")
        precondition(cache.length == tokens.count - 1, "prefill was cancelled, or a round failed")
        draft.removeAll()
        draftLimit = min(drafter.draftLength, limit - 1, room - 1)
        isDrafting = draftLimit > 0
    }

    /// Takes tokens that the drafter proposes without layers, up to where it asks for layers.
    ///
    /// - Parameter report: is told of each token.
    /// - Returns: how many layers the draft's unseen rows are to run through; nil where the draft is complete.
    func continueDraft(report: (Token) -> Void) -> Int? {
        while isDrafting, draft.tokens.count < draftLimit {
            let context = DraftingContext(
                tokens: tokens, drafted: draft.tokens, confidences: draft.confidences, limit: draftLimit)
            switch drafter.next(context) {
            case .rows(let layers):
                precondition(
                    layers >= 1 && layers < layerCount && (draft.rowsSeen == 0 || layers == draft.layersSeen),
                    "1 to L - 1 layers draft, in one round always as many")
                draft.layersSeen = layers
                return layers
            case .tokens(let proposal):
                if proposal.isEmpty { isDrafting = false }
                for token in proposal.prefix(draftLimit - draft.tokens.count) {
                    draft.append(token, from: .oneHot(token), confidence: nil, by: .tokens)
                    report(token)
                }
            case .done: isDrafting = false
            }
        }
        isDrafting = false
        return nil
    }

    /// Rows of the pending and the drafted tokens that have been through no layers yet.
    var unseenRowCount: Int { 1 + draft.tokens.count - draft.rowsSeen }

    /// Appends their tokens to a batch's.
    func appendUnseenTokens(to rows: inout [Token]) {
        if draft.rowsSeen == 0 { rows.append(tokens[tokens.count - 1]) }
        rows += draft.tokens[max(0, draft.rowsSeen - 1)...]
    }

    /// Drafts a token from a row of logits.
    ///
    /// - Parameter hidden: the rows that have been through the drafting layers, the last of which the logits are of.
    func takeDraft(hidden: Tensor, _ logits: Tensor, row: Int, on compute: ComputeContext, report: (Token) -> Void) {
        draft.append(hidden: hidden)
        let position = tokens.count + draft.tokens.count
        // An early exit whose logits are not finite has nothing to say. Whether that is an error is for the full
        // model's logits to tell, so that text and errors stay those of plain decoding.
        guard
            let distribution = try? sampler.distribution(
                logits, row: row, position: position, after: draft.tokens, on: compute)
        else {
            isDrafting = false
            return
        }
        let token = sampler.draw(distribution, at: position, for: .draft)
        let confidence = drafter.needsConfidences ? compute.probability(of: token, logits, row: row) : nil
        draft.append(
            token, from: distribution, confidence: confidence, by: .earlyExit(exitLayer: draft.layersSeen))
        report(token)
    }
}
