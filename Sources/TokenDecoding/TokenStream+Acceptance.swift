import LanguageModels
import TensorCore

extension TokenStream {
    /// Ends a round: accepts the draft's tokens that the target agrees with, and adds one token of the target's own.
    ///
    /// - Parameters:
    ///   - logits: of the pending token, in row `first`, and of the drafted tokens in the rows after it.
    ///   - drafted: seconds that drafting took.
    ///   - verified: seconds up to the end of the forward pass.
    ///   - plainSeconds: what plain decoding of a token is expected to take; nil if that is not known.
    func acceptAndTruncate(
        _ logits: Tensor, firstRow first: Int, on compute: ComputeContext, _ stopwatch: Stopwatch, drafted: Double,
        verified: Double, plainSeconds: Double?
    ) {
        do {
            accepted = try accept(logits, firstRow: first, on: compute)
        } catch .nonFiniteLogits(let position, _) where cache.isNonFiniteHalf {
            failure = .nonFiniteLogits(position: position, halfCache: true)
            return
        } catch {
            failure = error
            return
        }
        learnObserved(on: compute)
        // Everything up to the last accepted token stays in the cache; the token after it is pending.
        cache.truncate(to: tokens.count + accepted)
        tokens += next
        sampler.remember(next)
        let drafted = draftLimit > 0 ? drafted : 0
        seconds = stopwatch.seconds
        statistics.count(
            drafted: draft.tokens.count, accepted: accepted, by: draft.source, seconds: seconds,
            plainSeconds: plainSeconds)
        statistics.generatedTokens += next.count
        if let leaving {
            statistics.tokensByExit[leaving.departure?.exitLayer ?? layerCount, default: 0] += next.count
        }
        statistics.draftSeconds += drafted
        statistics.verifySeconds += verified - drafted
        statistics.decodeSeconds += seconds
    }

    /// Tells the drafter what became of its draft, and includes the new tokens in the head that drafts choose from.
    func endRound(_ head: inout DraftHead?, of model: some LanguageModel) {
        isCovered = true
        if head != nil, sampler.acceptance != .rejection, failure == nil {
            // Those of the prompt first.
            includeTokens(upTo: tokens.count - next.count, in: &head, of: model)
            for token in next {
                isCovered = head?.includes(token) ?? true
                coverage.add(isHit: isCovered)
            }
            includeTokens(upTo: tokens.count, in: &head, of: model)
        }
        if let round { drafter.learn(round) }
    }

    /// Includes the text's first tokens in the head that drafts choose from.
    func includeTokens(upTo count: Int, in head: inout DraftHead?, of model: some LanguageModel) {
        guard includedCount < count else { return }
        head?.include(tokens[includedCount..<count], of: model)
        includedCount = count
    }

    /// Sets `next` to the longest prefix of the draft that the target agrees with, followed by one token of the
    /// target's own.
    ///
    /// - Returns: the length of that prefix.
    private func accept(_ logits: Tensor, firstRow: Int, on compute: ComputeContext) throws(GenerationError) -> Int {
        next.removeAll(keepingCapacity: true)
        for (index, token) in draft.tokens.enumerated() {
            let target = try judge(logits, firstRow: firstRow, on: compute)
            let position = tokens.count + index
            let proposal = draft.distributions[index]
            if sampler.accepts(token, target: target, draft: proposal, at: position) {
                next.append(token)
            } else {
                let rest = residual(target, proposal)
                next.append(sampler.draw(rest, at: position, for: .target))
                return index
            }
        }
        let target = try judge(logits, firstRow: firstRow, on: compute)
        let position = tokens.count + next.count
        next.append(sampler.draw(target, at: position, for: .target))
        return draft.tokens.count
    }

    /// Returns the target distribution of the token after the text and `next`, and hashes its logits if requested.
    ///
    /// The distribution is computed even where a replayed token replaces it, so that replays take the usual time.
    private func judge(
        _ logits: Tensor, firstRow: Int, on compute: ComputeContext
    ) throws(GenerationError) -> Distribution {
        let row = firstRow + next.count
        let position = tokens.count + next.count
        let target = try sampler.distribution(logits, row: row, position: position, after: next, on: compute)
        if hashesLogits { logitHashes.append(logits.bitHash(row: row)) }
        return position < replayed.count ? .oneHot(replayed[position]) : target
    }
}
