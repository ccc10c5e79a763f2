public import TensorCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How well each exit of a model predicts a text: the paper's measure of what early layers have learned.
public struct ExitEvaluation: Sendable {
    /// One exit's figures, means over all scored tokens.
    public struct Exit: Sendable {
        /// How many layers ran: 1...L.
        public let exit: Int
        /// Mean negative log-likelihood, in nats per token.
        public let negativeLogLikelihood: Double
        /// Share of tokens that this exit finds most likely.
        public let accuracy: Double
        /// Share of positions where this exit and the last one find the same token most likely.
        public let agreement: Double

        /// e to the negative log-likelihood.
        public var perplexity: Double { exp(negativeLogLikelihood) }
    }

    /// Scored tokens: all but the first of each window.
    public private(set) var tokenCount = 0
    /// Every exit, in order.
    public var exits: [Exit] {
        let count = Double(max(1, tokenCount))
        return losses.indices.map { layer in
            Exit(
                exit: layer + 1, negativeLogLikelihood: losses[layer] / count,
                accuracy: Double(hits[layer]) / count, agreement: Double(agreements[layer]) / count)
        }
    }

    private var losses: [Double]
    private var hits: [Int]
    private var agreements: [Int]

    private init(layerCount: Int) {
        losses = Array(repeating: 0, count: layerCount)
        hits = Array(repeating: 0, count: layerCount)
        agreements = Array(repeating: 0, count: layerCount)
    }

    /// Evaluates a model on a text, cut into windows that do not see each other.
    ///
    /// - Parameters:
    ///   - window: tokens per window, at least 2, at most the model's context.
    ///   - cacheFormat: how the cache keeps keys and values.
    ///   - progress: is told how many of the text's tokens are done, and returns whether to continue.
    /// - Returns: the figures; nil if `progress` said no.
    /// - Throws: ``EvaluationError`` if the text is too short, has unknown ids, or logits are not finite.
    public static func evaluate(
        _ model: some LanguageModel, on text: [Token], window: Int, cacheFormat: CacheFormat = .standard,
        progress: (Int) -> Bool = { _ in true }
    ) throws(EvaluationError) -> ExitEvaluation? {
        precondition((2...max(2, model.contextLength)).contains(window), "a window of 2 tokens to the whole context")
        guard text.count >= 2 else { throw .textTooShort(found: text.count) }
        if let unknown = text.first(where: { $0 < 0 || $0 >= model.vocabularySize }) {
            throw .unknownToken(unknown, vocabularySize: model.vocabularySize)
        }
        var result = ExitEvaluation(layerCount: model.layerCount)
        for start in stride(from: 0, to: text.count - 1, by: window) {
            let tokens = text[start..<min(start + window, text.count)]
            var cache = KVCache(for: model, format: cacheFormat)
            // Few rows at a time: the logits of a whole window would take more memory than the model.
            for first in stride(from: tokens.startIndex, to: tokens.endIndex - 1, by: chunk) {
                guard progress(first) else { return nil }
                let rows = first..<min(first + chunk, tokens.endIndex - 1)
                let targets = Array(tokens[rows.lowerBound + 1..<rows.upperBound + 1])
                try result.score(model, Array(tokens[rows]), targets, at: first, &cache)
            }
        }
        _ = progress(text.count)
        return result
    }

    private static let chunk = 64

    private mutating func score(
        _ model: some LanguageModel, _ tokens: [Token], _ targets: [Token], at position: Int, _ cache: inout KVCache
    ) throws(EvaluationError) {
        var x = model.embed(tokens)
        var predictions: [[Int]] = []
        for layer in 0..<model.layerCount {
            x = model.block(layer, x, &cache)
            let logits = model.logits(x)
            let predicted = targets.indices.compactMap { model.compute.argmax(logits, row: $0) }
            guard predicted.count == targets.count else {
                throw .nonFiniteLogits(exit: layer + 1, position: position, halfCache: cache.isNonFiniteHalf)
            }
            losses[layer] += model.compute.crossEntropy(logits, targets: targets).reduce(0, +)
            hits[layer] += zip(predicted, targets).count { $0 == Int($1) }
            predictions.append(predicted)
        }
        for layer in predictions.indices {
            agreements[layer] += zip(predictions[layer], predictions[predictions.count - 1]).count { $0 == $1 }
        }
        tokenCount += targets.count
    }
}

/// Why a text could not be evaluated.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// Nothing to predict.
    case textTooShort(found: Int)
    /// A token id that the model does not have.
    case unknownToken(Token, vocabularySize: Int)
    /// Logits with a NaN or an infinity among the chunk of tokens that begins at `position`. `halfCache` says that keys
    /// or values in a cache of F16, which ends at 65504, were not finite either.
    case nonFiniteLogits(exit: Int, position: Int, halfCache: Bool = false)

    public var description: String {
        switch self {
        case .textTooShort(let found): "text: expected at least 2 tokens, found \(found)"
        case .unknownToken(let token, let vocabularySize):
            "token: expected an id in 0..<\(vocabularySize), found \(token)"
        case .nonFiniteLogits(let exit, let position, let halfCache):
            "logits of exit \(exit) from token \(position) on: expected finite numbers, found NaN or infinity; "
                + CacheFormat.reasonForNonFinite(halfCache: halfCache)
        }
    }
}
