package import TensorCore

extension ExitEvaluation {
    /// Evaluates a model on a text, divided into independent windows. All tokens but each window's first are scored.
    ///
    /// - Parameters:
    ///   - beginning: a token to begin each window with, so that all of the text is scored; nil for none.
    ///   - window: tokens per window, at least 2, at most the model's context.
    ///   - cacheFormat: the format of keys and values in the cache.
    ///   - progress: called with the number of the text's tokens that are done; returns whether to continue.
    /// - Returns: the evaluation; nil if `progress` returned false.
    /// - Throws: ``EvaluationError`` if the window is out of range, the text is too short or has unknown ids, or logits
    ///   are not finite.
    package static func evaluate(
        _ model: some LanguageModel, on text: [Token], beginning: Token? = nil, window: Int,
        cacheFormat: CacheFormat = .standard, progress: (Int) -> Bool = { _ in true }
    ) throws(EvaluationError) -> ExitEvaluation? {
        guard (2...max(2, model.contextLength)).contains(window) else {
            throw .invalidWindow(found: window, contextLength: model.contextLength)
        }
        let opening = [beginning].compactMap(\.self)
        guard opening.count + text.count >= 2 else { throw .textTooShort(found: text.count) }
        if let unknown = (opening + text).first(where: { $0 < 0 || $0 >= model.vocabularySize }) {
            throw .unknownToken(unknown, vocabularySize: model.vocabularySize)
        }
        var result = ExitEvaluation(layerCount: model.layerCount)
        let step = window - opening.count
        for start in stride(from: 0, to: opening.count + text.count - 1, by: step) {
            let tokens = opening + text[start..<min(start + step, text.count)]
            var cache = KVCache(for: model, format: cacheFormat, context: min(window, opening.count + text.count))
            // Few rows at a time: the logits of a whole window would take more memory than the model.
            for first in stride(from: 0, to: tokens.count - 1, by: chunk) {
                guard progress(start + first) else { return nil }
                let rows = first..<min(first + chunk, tokens.count - 1)
                let targets = Array(tokens[rows.lowerBound + 1..<rows.upperBound + 1])
                do throws(NotFinite) {
                    try result.score(model, Array(tokens[rows]), targets: targets, rowsAtOnce: chunk, &cache)
                } catch {
                    throw .nonFiniteLogits(exit: error.exit, position: start + first, halfCache: cache.isNonFiniteHalf)
                }
            }
        }
        _ = progress(text.count)
        return result
    }

    private static let chunk = 64
}

/// The reason why a text could not be evaluated.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// A text with nothing to predict.
    case textTooShort(found: Int)
    /// A vocabulary without the beginning-of-text token that each window should begin with.
    case noBeginningOfText
    /// A window of fewer than two tokens, or of more than the model's context.
    case invalidWindow(found: Int, contextLength: Int)
    /// A token id that the model does not have.
    case unknownToken(Token, vocabularySize: Int)
    /// Logits with a NaN or an infinity in the chunk of tokens that begins at `position`. `halfCache`: whether an F16
    /// cache, whose largest number is 65504, held keys or values that were not finite either.
    case nonFiniteLogits(exit: Int, position: Int, halfCache: Bool = false)

    public var description: String {
        switch self {
        case .textTooShort(let found): "text: expected at least 2 tokens, found \(found); evaluate a longer text"
        case .noBeginningOfText:
            "vocabulary: expected a beginning-of-text token, found none; evaluate the text without it"
        case .invalidWindow(let found, let contextLength):
            "window: expected 2...\(max(2, contextLength)) tokens (the model's context), found \(found)"
        case .unknownToken(let token, let vocabularySize):
            "token: expected an id in 0..<\(vocabularySize), found \(token); encode texts with this model's tokenizer"
        case .nonFiniteLogits(let exit, let position, let halfCache):
            "logits of exit \(exit) from token \(position) on: expected finite numbers, found NaN or infinity; "
                + CacheFormat.reasonForNonFinite(halfCache: halfCache)
        }
    }
}
