package import LanguageModels
import TensorCore

/// One text being decoded: its tokens, cache, sampler, drafter and statistics. An ``Engine`` steps it, alone or with
/// others.
///
/// Between rounds the cache holds all tokens but the last, which is *pending*: the next round begins with it. In greedy
/// and coupled decoding the tokens depend only on the text's layers, not on drafts or on other texts in the step. One
/// thread uses it at a time.
package final class TokenStream {
    /// The number of layers that determine the text: all, or the first ones for early-exit inference (LayerSkip, arXiv
    /// 2404.16710, section 4.2).
    package let layerCount: Int
    /// The text so far: prompt and generated tokens.
    package internal(set) var tokens: [Token] = []
    /// Counts and times since the text was created or this was last set.
    package var statistics = DecodingStatistics()
    /// The most tokens that the next round generates, at least 1; drafts are shortened to it.
    package var limit = Int.max
    /// A text to replay: at each of its positions, its token is taken in place of the one that the logits choose.
    /// Drafts and the computation are the usual ones. Empty unless a text is replayed.
    package var replayed: [Token] = []
    /// A hash of the logits for each token after the prompt, if requested when the text was created.
    package internal(set) var logitHashes: [UInt64] = []
    /// The error of the last step; after it, the text accepts only a new prompt.
    package internal(set) var failure: GenerationError?

    let contextLength: Int
    let hashesLogits: Bool
    /// The number of `tokens` that belong to the prompt.
    var promptCount = 0
    /// The number of `tokens` that the head of the draft vocabulary was told of.
    var includedCount = 0
    /// How often new tokens were among those that the draft vocabulary had.
    var coverage = Evidence()
    /// Whether the last token was.
    var isCovered = true
    var drafter: any Drafter
    /// The drafter before it learned from any text.
    let newDrafter: any Drafter
    var sampler: Sampler
    var cache: KVCache
    let residual: Residual
    // Refilled in each round, to reuse their memory.
    var draft = Draft()
    var draftLimit = 0
    var isDrafting = false
    var next: [Token] = []
    var accepted = 0
    var seconds = 0.0
    /// The text's output rows, if its last layer is not the last of the pass.
    var output: Tensor?
    /// The rows of exits that are observed in this round.
    var observed = ObservedRows()
    /// Where tokens leave the model early; nil if all go through the text's layers.
    var leaving: EarlyLeaving?

    /// Returns the distribution to sample from after a rejection, given those of target and draft.
    package typealias Residual = @Sendable (_ target: Distribution, _ draft: Distribution) -> Distribution

    init(
        _ model: some LanguageModel, layerCount: Int, exitRule: ExitRule?, drafter: any Drafter, sampler: Sampler,
        cache: consuming KVCache, hashesLogits: Bool, residual: @escaping Residual
    ) {
        precondition(exitRule == nil || drafter.draftLength == 0, "drafts need the full model's text")
        self.layerCount = layerCount
        self.drafter = drafter
        newDrafter = drafter
        leaving = exitRule.map { EarlyLeaving($0) }
        self.sampler = sampler
        self.cache = cache
        self.hashesLogits = hashesLogits
        self.residual = residual
        contextLength = self.cache.capacity
        next.reserveCapacity(drafter.draftLength + 1)
        draft.reserveCapacity(drafter.draftLength)
    }

    /// Bytes of the cache.
    package var cacheByteCount: Int { cache.byteCount }

    /// The number of tokens that have been through the first layer. Those that left early are missing in later ones.
    var readCount: Int { leaving == nil ? cache.length : cache.length(layer: 0) }

    /// The number of tokens that still fit into the context.
    package var room: Int { max(0, contextLength - tokens.count) }

    /// The result of the last step; nil before the first step, after a failure, and after a new prompt.
    package var round: Round? {
        guard !next.isEmpty, failure == nil else { return nil }
        return Round(
            tokens: tokens.suffix(next.count), drafted: draft.tokens.count, accepted: accepted, source: draft.source,
            confidences: draft.confidences, isCovered: isCovered, seconds: seconds)
    }

    /// Removes all tokens but the first `count`, at least one; the last of these becomes pending again.
    package func keep(_ count: Int) {
        precondition(count >= 1 && count <= tokens.count, "1...\(tokens.count) tokens can be kept")
        let takenBack = tokens.count - max(count, promptCount)
        logitHashes.removeLast(min(takenBack, logitHashes.count))
        statistics.generatedTokens = max(0, statistics.generatedTokens - takenBack)
        tokens.removeLast(tokens.count - count)
        promptCount = min(promptCount, count)
        includedCount = min(includedCount, count)
        next.removeAll(keepingCapacity: true)
        let unread = max(0, readCount - (count - 1))
        leaving?.waiting.removeLast(unread)
        cache.truncate(to: count - 1)
        sampler.forget()
        sampler.remember(tokens)
        drafter.restart()
    }

    /// Uses another seed for the next prompt, which an ``Engine`` must read before any step.
    package func reseed(_ seed: UInt64) { sampler.reseed(seed) }

    /// The cache's contents at a position, layer by layer; for tests.
    func cachedKeysAndValues(position: Int) -> [[Float]] {
        (0..<layerCount).map { cache.keysAndValues(layer: $0, position: position) }
    }

    /// The number of positions that each layer of the cache holds; for tests.
    var cacheLengths: [Int] { (0..<layerCount).map { cache.length(layer: $0) } }
}
