import LanguageModels
import TensorCore

extension TokenStream {
    /// Begins a round with an empty draft.
    func beginRound() {
        precondition(limit >= 1 && room >= 1 && !tokens.isEmpty, "a round needs a prompt and room for a token")
        precondition(readCount == tokens.count - 1, "prefill was cancelled, or a round failed")
        leaving?.beginRound()
        draft.removeAll()
        draftLimit = min(drafter.draftLength, limit - 1, room - 1)
        isDrafting = draftLimit > 0
    }

    /// Takes tokens that the drafter proposes without layers, until it requests a pass or the draft is complete.
    ///
    /// - Parameters:
    ///   - texts: the number of texts in the step.
    ///   - report: called with each token.
    /// - Returns: the pass to run the draft's new rows through; nil if the draft is complete.
    func continueDraft(texts: Int, _ costs: CostModel, report: (Token) -> Void) -> DraftPass? {
        while isDrafting, draft.tokens.count < draftLimit {
            let context = DraftingContext(
                tokens: tokens, promptCount: promptCount, layerCount: layerCount, texts: texts, costs: costs,
                drafted: draft.tokens, confidences: draft.confidences, limit: draftLimit,
                coverage: coverage.chance(expected: 0.95))
            switch drafter.next(context) {
            case .rows(let path): return DraftPass(path: begin(path), checksTokens: false)
            case .cascade(let proposal, let path):
                precondition(
                    path.weights == .own && draft.tokens.isEmpty && !proposal.isEmpty,
                    "a cascade begins a draft, with the model's own weights")
                let path = begin(path)
                for token in proposal.prefix(draftLimit) {
                    draft.append(token, from: .oneHot(token), confidence: nil, by: .cascade)
                }
                return DraftPass(path: path, checksTokens: true)
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

    /// Begins or continues drafting on a path.
    ///
    /// - Returns: the path, with all tokens for sampling with rejections: drafts influence it, so they must not depend
    ///   on other texts, as the draft vocabulary does.
    private func begin(_ path: DraftPath) -> DraftPath {
        let path = DraftPath(
            layers: path.layers, weights: path.weights,
            usesDraftVocabulary: path.usesDraftVocabulary && sampler.acceptance != .rejection)
        let layers = path.weights == .lowBit ? 1...layerCount : 1...max(1, layerCount - 1)
        precondition(
            layers.contains(path.layers) && (draft.path ?? path) == path,
            "a path with layers of the model, the same in the whole round")
        draft.path = path
        return path
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
    /// - Parameters:
    ///   - hidden: the output rows of the drafting layers; the logits are those of the last row.
    ///   - logits: one row for each text of the pass.
    ///   - choices: the tokens of the logits' columns; nil for all.
    func takeDraft(
        hidden: Tensor, _ logits: Tensor, row: Int, of choices: [Token]?, on compute: ComputeContext,
        report: (Token, DraftSource) -> Void
    ) {
        draft.append(hidden: hidden)
        guard let choice = choose(logits, row: row, of: choices, on: compute) else { return }
        let source = draft.source == .cascade ? .cascade : draft.path?.source ?? .earlyExit
        append(choice, by: source)
        report(choice.token, source)
    }

    /// Replaces the drafted tokens by those that the drafting layers would have drafted: they stay up to the first that
    /// the layers do not choose, and the layers' own token follows.
    ///
    /// - Parameters:
    ///   - hidden: the output rows of the drafting layers, of the pending and all drafted tokens.
    ///   - first: the first of as many rows of logits.
    func checkDraft(
        hidden: Tensor, _ logits: Tensor, row first: Int, of choices: [Token]?, on compute: ComputeContext,
        report: (Token) -> Void
    ) {
        let proposal = draft.tokens
        draft.removeTokens()
        while draft.tokens.count < draftLimit,
            let choice = choose(logits, row: first + draft.tokens.count, of: choices, on: compute)
        {
            let position = draft.tokens.count
            append(choice, by: .cascade)
            report(choice.token)
            if position >= proposal.count || choice.token != proposal[position] { break }
        }
        // The rows of tokens that were replaced are dropped.
        let agreed = zip(draft.tokens, proposal).prefix { $0 == $1 }.count
        draft.append(hidden: hidden[rows: 0..<agreed + 1])
        observed.keep(agreed + 1)
        cache.truncate(to: tokens.count + agreed)
    }

    /// Ends the draft. Verification overwrites what a low-bit copy stored.
    func endDraft() {
        guard draft.path?.weights == .lowBit else { return }
        draft.forgetRows()
        cache.truncate(to: tokens.count - 1)
    }

    /// A token that drafting layers chose.
    private struct Choice {
        let token: Token
        let distribution: Distribution
        let confidence: Double?
    }

    private func append(_ choice: Choice, by source: DraftSource) {
        draft.append(choice.token, from: choice.distribution, confidence: choice.confidence, by: source)
    }

    /// Chooses the next token of the draft from a row of logits, or ends the draft.
    private func choose(_ logits: Tensor, row: Int, of choices: [Token]?, on compute: ComputeContext) -> Choice? {
        let position = tokens.count + draft.tokens.count
        // An early exit whose logits are not finite ends the draft. Only the full model's logits decide whether that is
        // an error, so that text and errors stay those of plain decoding.
        guard
            let distribution = try? sampler.distribution(
                logits, row: row, of: choices, position: position, after: draft.tokens, on: compute)
        else {
            isDrafting = false
            return nil
        }
        let token = sampler.draw(distribution, at: position, for: .draft)
        var confidence: Double?
        if drafter.needsConfidences {
            let column = choices.map { $0.firstIndex(of: token).map(Token.init) ?? 0 } ?? token
            confidence = compute.probability(of: column, logits, row: row)
        }
        return Choice(token: token, distribution: distribution, confidence: confidence)
    }
}

/// A pass that a text's draft requests.
struct DraftPass: Equatable {
    let path: DraftPath
    /// Whether the drafted tokens are replaced by those that the path would have drafted.
    let checksTokens: Bool
}
