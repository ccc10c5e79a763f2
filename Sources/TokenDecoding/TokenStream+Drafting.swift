import LanguageModels
import TensorCore

extension TokenStream {
    /// Begins a round with an empty draft.
    func beginRound() {
        precondition(limit >= 1 && room >= 1 && !tokens.isEmpty, "a round needs a prompt and room for a token")
        precondition(cache.length == tokens.count - 1, "prefill was cancelled, or a round failed")
        draft.removeAll()
        draftLimit = min(drafter.draftLength, limit - 1, room - 1)
        isDrafting = draftLimit > 0
    }

    /// Takes tokens that the drafter proposes without layers, until it requests layers or the draft is complete.
    ///
    /// - Parameters:
    ///   - texts: the number of texts in the step.
    ///   - report: called with each token.
    /// - Returns: the number of layers to run the draft's new rows through; nil if the draft is complete.
    func continueDraft(texts: Int, _ costs: CostModel, report: (Token) -> Void) -> Int? {
        while isDrafting, draft.tokens.count < draftLimit {
            let context = DraftingContext(
                tokens: tokens, promptCount: promptCount, layerCount: layerCount, texts: texts, costs: costs,
                drafted: draft.tokens, confidences: draft.confidences, limit: draftLimit)
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
                    draft.append(token, from: .oneHot(token), confidence: nil, by: .lookup)
                    report(token)
                }
            case .done: isDrafting = false
            }
        }
        isDrafting = false
        return nil
    }

    /// The number of rows of the pending and the drafted tokens that have been through no layers yet.
    var unseenRowCount: Int { 1 + draft.tokens.count - draft.rowsSeen }

    /// Appends the tokens of these rows to those of a batch.
    func appendUnseenTokens(to rows: inout [Token]) {
        if draft.rowsSeen == 0 { rows.append(tokens[tokens.count - 1]) }
        rows += draft.tokens[max(0, draft.rowsSeen - 1)...]
    }

    /// Drafts a token from a row of logits.
    ///
    /// - Parameter hidden: the output rows of the drafting layers; the logits are those of the last row.
    func takeDraft(hidden: Tensor, _ logits: Tensor, row: Int, on compute: ComputeContext, report: (Token) -> Void) {
        draft.append(hidden: hidden)
        let position = tokens.count + draft.tokens.count
        // An early exit whose logits are not finite ends the draft. Only the full model's logits decide whether that is
        // an error, so that text and errors stay those of plain decoding.
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
            token, from: distribution, confidence: confidence, by: .earlyExit)
        report(token)
    }
}
