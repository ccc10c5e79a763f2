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
        let windows = try EvaluationWindows(
            of: text, beginning: beginning, window: window, cacheFormat: cacheFormat, for: model)
        var result = ExitEvaluation(layerCount: model.layerCount)
        let isWhole = try windows.forEachChunk(model, progress: progress) {
            (tokens, targets, cache) throws(NotFinite) in
            try result.score(model, tokens, targets: targets, rowsAtOnce: EvaluationWindows.chunk, &cache)
        }
        return isWhole ? result : nil
    }
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
