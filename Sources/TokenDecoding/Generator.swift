public import LanguageModels
public import TensorCore

/// The only decoding loop: draft, verify, accept, truncate. Plain decoding is zero drafts.
///
/// Between rounds the cache holds all tokens but the last, which is *pending*: the next round begins with it. In
/// greedy and coupled decoding the tokens are those of the full model alone, whatever is drafted.
public struct Generator<Model: LanguageModel, D: Drafter & ~Copyable>: ~Copyable {
    /// The full model, which has the last word.
    public let model: Model
    /// The text so far: prompt and given-out tokens.
    public private(set) var tokens: [Token] = []
    /// What has been done since the generator was made, or this was set anew.
    public var statistics = DecodingStatistics()
    /// A hash of the full model's logits for each token after the prompt, if asked for in `init`.
    public private(set) var logitHashes: [UInt64] = []
    private let hashesLogits: Bool
    /// How many of `tokens` were not given out.
    private var promptCount = 0
    private var drafter: D
    private var sampler: Sampler
    private var cache: KVCache
    // What rounds fill anew, in memory that they share.
    private var draft = Draft()
    private var rows: [Token] = []
    private var next: [Token] = []
    private let residual: Residual

    /// What to sample from after a rejection, given the target and the draft distribution.
    package typealias Residual = @Sendable (_ target: Distribution, _ draft: Distribution) -> Distribution

    /// A generator with an empty cache.
    ///
    /// - Parameters:
    ///   - cacheFormat: how the cache keeps keys and values.
    ///   - hashesLogits: whether to keep ``logitHashes``.
    /// - Throws: ``DecodingError`` if a sampling option is out of range.
    public init(
        _ model: Model, drafter: consuming D, sampling: Sampling = .greedy, acceptance: Acceptance = .coupled,
        cacheFormat: CacheFormat = .standard, hashesLogits: Bool = false
    ) throws(DecodingError) {
        try self.init(
            model, drafter: drafter, sampling: sampling, acceptance: acceptance, cacheFormat: cacheFormat,
            hashesLogits: hashesLogits, residual: Distribution.residual)
    }

    /// A generator with another rule for rejections, for a test's counter-example.
    package init(
        _ model: Model, drafter: consuming D, sampling: Sampling, acceptance: Acceptance,
        cacheFormat: CacheFormat = .standard, hashesLogits: Bool, residual: @escaping Residual
    ) throws(DecodingError) {
        sampler = try Sampler(sampling, acceptance: acceptance, vocabularySize: model.vocabularySize)
        cache = KVCache(for: model, format: cacheFormat)
        self.model = model
        next.reserveCapacity(drafter.draftLength + 1)
        self.drafter = drafter
        self.hashesLogits = hashesLogits
        self.residual = residual
    }

    /// Bytes of the cache.
    public var cacheByteCount: Int { cache.byteCount }

    /// How many more tokens fit into the model's context.
    public var room: Int { max(0, model.contextLength - tokens.count) }

    /// Gives out the next tokens, at least one and at most `limit`.
    ///
    /// - Parameters:
    ///   - limit: at least 1; drafts are cut to it, and to the ``room`` in the context, which must not be 0.
    ///   - report: is told of each token as soon as it is drafted.
    /// - Throws: ``DecodingError/nonFiniteLogits(position:halfCache:)``, after which only a new prompt may be given.
    public mutating func nextTokens(
        limit: Int, report: (Token) -> Void = { _ in }
    ) throws(DecodingError) -> ArraySlice<Token> {
        precondition(limit >= 1 && room >= 1 && !tokens.isEmpty, "a round needs a prompt and room for a token")
        precondition(cache.length == tokens.count - 1, "prefill was cancelled, or a round failed")
        let stopwatch = Stopwatch()
        let draftLimit = min(drafter.draftLength, limit - 1, room - 1)
        draft.removeAll()
        drafter.propose(
            &draft, DraftingContext(model: model, tokens: tokens, limit: draftLimit), sampler: &sampler, cache: &cache,
            report: report)
        let drafted = draftLimit > 0 ? stopwatch.seconds : 0
        let logits = verify()
        let verified = stopwatch.seconds
        let accepted = try acceptNamingCache(logits)

        // Everything up to the last accepted token stays in the cache; the token after it is pending.
        cache.truncate(to: tokens.count + accepted)
        tokens += next
        sampler.remember(next)
        statistics.count(drafted: draft.tokens.count, accepted: accepted)
        statistics.generatedTokens += next.count
        statistics.draftSeconds += drafted
        statistics.verifySeconds += verified - drafted
        statistics.decodeSeconds += stopwatch.seconds
        return tokens.suffix(next.count)
    }

    /// Runs the pending and all drafted tokens through the layers that they have not seen: [drafted + 1, vocabulary].
    private mutating func verify() -> Tensor {
        rows.removeAll(keepingCapacity: true)
        rows.append(tokens[tokens.count - 1])
        rows += draft.tokens
        precondition(
            draft.distributions.count == draft.tokens.count && draft.hidden.count <= rows.count,
            "a draft has a distribution per token and at most one hidden row per token and one more")
        if draft.hidden.count < rows.count {
            let unseen = model.embed(rows.span.extracting(draft.hidden.count...))
            draft.hidden.append(model.run(0..<draft.layersSeen, unseen, &cache))
        }
        let hidden = model.run(draft.layersSeen..<model.layerCount, model.compute.stacked(draft.hidden), &cache)
        return model.logits(hidden)
    }

    /// As ``accept(_:)``, with an error that says whether the cache may be what could not hold the model's numbers.
    private mutating func acceptNamingCache(_ logits: Tensor) throws(DecodingError) -> Int {
        do {
            return try accept(logits)
        } catch .nonFiniteLogits(let position, _) where cache.isNonFiniteHalf {
            throw .nonFiniteLogits(position: position, halfCache: true)
        }
    }

    /// Makes `next` the longest prefix of the draft that the full model agrees with, and one token of its own.
    ///
    /// - Returns: how long that prefix is.
    private mutating func accept(_ logits: Tensor) throws(DecodingError) -> Int {
        next.removeAll(keepingCapacity: true)
        for (index, token) in draft.tokens.enumerated() {
            let target = try judge(logits)
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
        let target = try judge(logits)
        let position = tokens.count + next.count
        next.append(sampler.draw(target, at: position, for: .target))
        return draft.tokens.count
    }

    /// The full model's distribution of the token after the text and `next`, whose logits are put on record.
    private mutating func judge(_ logits: Tensor) throws(DecodingError) -> Distribution {
        let row = next.count
        let target = try sampler.distribution(
            logits, row: row, position: tokens.count + row, after: next, on: model.compute)
        if hashesLogits { logitHashes.append(logits.bitHash(row: row)) }
        return target
    }
}

// MARK: Prompts

/// How many rows of a prompt are run at once, unless asked otherwise: with 256, a weight is read from memory seldom
/// enough.
public let prefillChunk = 256

extension Generator where D: ~Copyable {
    /// Makes `prompt` the text so far, in place of any before; what both begin with is kept in the cache.
    ///
    /// - Parameters:
    ///   - chunk: rows to run at once; results do not depend on it.
    ///   - shouldContinue: is asked before each chunk.
    /// - Throws: ``DecodingError`` if the prompt is empty, has unknown ids, or leaves no room in the context, in which
    ///   case the text stays as it was; or `cancelled`, with the part that was run kept in the cache for the next
    ///   prefill, which must come before any round.
    public mutating func prefill(
        _ prompt: [Token], chunk: Int = prefillChunk, shouldContinue: () -> Bool = { true }
    ) throws(DecodingError) {
        try DecodingError.checkPrompt(tokenCount: prompt.count, contextLength: model.contextLength)
        if let unknown = prompt.first(where: { $0 < 0 || $0 >= model.vocabularySize }) {
            throw .unknownToken(unknown, vocabularySize: model.vocabularySize)
        }
        let stopwatch = Stopwatch()
        // Also when cancelled: the tokens run until then are counted, and a rate needs their time.
        defer { statistics.prefillSeconds += stopwatch.seconds }
        let common = zip(tokens.prefix(cache.length), prompt.dropLast()).prefix { $0 == $1 }.count
        cache.truncate(to: common)
        tokens.removeAll(keepingCapacity: true)
        tokens.reserveCapacity(min(model.contextLength, Self.reservedTokens))
        tokens += prompt
        promptCount = prompt.count
        logitHashes.removeAll()
        sampler.forget()
        sampler.remember(prompt)
        while cache.length < prompt.count - 1 {
            guard shouldContinue() else { throw .cancelled }
            let rows = cache.length..<min(cache.length + max(1, chunk), prompt.count - 1)
            model.prefill(model.embed(prompt.span.extracting(rows)), &cache)
            statistics.prefilledTokens += rows.count
        }
    }

    /// Longer texts find room as they grow.
    private static var reservedTokens: Int { 1 << 16 }

    /// Forgets all tokens but the first `count`, which must be at least one: the last of them is pending again.
    public mutating func keep(_ count: Int) {
        precondition(count >= 1 && count <= tokens.count, "1...\(tokens.count) tokens can be kept")
        let takenBack = tokens.count - max(count, promptCount)
        logitHashes.removeLast(min(takenBack, logitHashes.count))
        statistics.generatedTokens = max(0, statistics.generatedTokens - takenBack)
        tokens.removeLast(tokens.count - count)
        promptCount = min(promptCount, count)
        cache.truncate(to: count - 1)
        sampler.forget()
        sampler.remember(tokens)
    }

    /// A copy of the cache's contents at a position, layer by layer; for tests.
    package func cachedKeysAndValues(position: Int) -> [[Float]] {
        (0..<model.layerCount).map { cache.keysAndValues(layer: $0, position: position) }
    }

    /// Positions that each layer of the cache holds; for tests.
    package var cacheLengths: [Int] { (0..<model.layerCount).map { cache.length(layer: $0) } }
}
