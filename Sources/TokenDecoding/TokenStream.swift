public import LanguageModels
import TensorCore

/// One text in the making: its tokens, cache, sampler, drafter and statistics. An ``Engine`` steps it, alone or with
/// others.
///
/// Between rounds the cache holds all tokens but the last, which is *pending*: the next round begins with it. In greedy
/// and coupled decoding the tokens are those of its layers alone, whatever is drafted and whatever is stepped with it.
/// One thread uses it at a time.
public final class TokenStream {
    /// How many layers have the last word: all, or the first ones for early-exit inference (LayerSkip, arXiv
    /// 2404.16710, section 4.2).
    public let layerCount: Int
    /// The text so far: prompt and given-out tokens.
    public internal(set) var tokens: [Token] = []
    /// What has been done since the text was made, or this was set anew.
    public var statistics = DecodingStatistics()
    /// The most tokens that the next round gives, at least 1; drafts are cut to it.
    public var limit = Int.max
    /// A hash of the logits for each token after the prompt, if asked for when the text was made.
    public internal(set) var logitHashes: [UInt64] = []
    /// What ended the text in the last step, after which only a new prompt may be given.
    public internal(set) var failure: DecodingError?

    let contextLength: Int
    let hashesLogits: Bool
    /// How many of `tokens` were not given out.
    var promptCount = 0
    var drafter: any Drafter
    var sampler: Sampler
    var cache: KVCache
    let residual: Residual
    // What rounds fill anew, in memory that they share.
    var draft = Draft()
    var draftLimit = 0
    var isDrafting = false
    var next: [Token] = []
    var accepted = 0
    var seconds = 0.0
    /// Its rows at its last layer, where that is not the last of the pass.
    var output: Tensor?

    /// What to sample from after a rejection, given the target and the draft distribution.
    package typealias Residual = @Sendable (_ target: Distribution, _ draft: Distribution) -> Distribution

    init(
        _ model: some LanguageModel, layerCount: Int, drafter: any Drafter, sampler: Sampler, cache: consuming KVCache,
        hashesLogits: Bool, residual: @escaping Residual
    ) {
        self.layerCount = layerCount
        self.drafter = drafter
        self.sampler = sampler
        self.cache = cache
        self.hashesLogits = hashesLogits
        self.residual = residual
        contextLength = model.contextLength
        next.reserveCapacity(drafter.draftLength + 1)
    }

    /// Bytes of the cache.
    public var cacheByteCount: Int { cache.byteCount }

    /// How many more tokens fit into the model's context.
    public var room: Int { max(0, contextLength - tokens.count) }

    /// What the last step gave; nil before the first, after a failure, and after a new prompt.
    public var round: Round? {
        guard !next.isEmpty, failure == nil else { return nil }
        return Round(
            tokens: tokens.suffix(next.count), drafted: draft.tokens.count, accepted: accepted, origin: draft.origin,
            confidences: draft.confidences, seconds: seconds)
    }

    /// Forgets all tokens but the first `count`, which must be at least one: the last of them is pending again.
    public func keep(_ count: Int) {
        precondition(count >= 1 && count <= tokens.count, "1...\(tokens.count) tokens can be kept")
        let takenBack = tokens.count - max(count, promptCount)
        logitHashes.removeLast(min(takenBack, logitHashes.count))
        statistics.generatedTokens = max(0, statistics.generatedTokens - takenBack)
        tokens.removeLast(tokens.count - count)
        promptCount = min(promptCount, count)
        next.removeAll(keepingCapacity: true)
        cache.truncate(to: count - 1)
        sampler.forget()
        sampler.remember(tokens)
    }

    /// A copy of the cache's contents at a position, layer by layer; for tests.
    func cachedKeysAndValues(position: Int) -> [[Float]] {
        (0..<layerCount).map { cache.keysAndValues(layer: $0, position: position) }
    }

    /// Positions that each layer of the cache holds; for tests.
    var cacheLengths: [Int] { (0..<layerCount).map { cache.length(layer: $0) } }
}
