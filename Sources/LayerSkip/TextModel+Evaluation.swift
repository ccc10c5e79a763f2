public import LanguageModels
public import TensorCore

extension TextModel {
    /// The default window of an evaluation: 1024 tokens, or the model's context if that is shorter.
    public var standardWindow: Int { min(shape.contextLength, 1024) }

    /// Evaluates every exit of the model on a text, divided into independent windows. Scores all tokens except the
    /// first of each window.
    ///
    /// - Parameters:
    ///   - tokens: the text's token ids, at least 2.
    ///   - beginsText: whether each window begins with the tokenizer's beginning-of-text token, so that all of the text
    ///     is scored.
    ///   - window: tokens per window, 2 to the model's context; by default ``standardWindow``.
    ///   - cacheFormat: the format of keys and values in the cache.
    ///   - progress: called with the number of tokens that are done; returns whether to continue.
    /// - Returns: the evaluation; nil if `progress` returned false.
    /// - Throws: ``EvaluationError`` if the text is too short or has unknown ids, the vocabulary has no
    ///   beginning-of-text token, or logits are not finite.
    public func evaluateExits(
        on tokens: [Token], beginsText: Bool = false, window: Int? = nil, cacheFormat: CacheFormat = .standard,
        progress: (Int) -> Bool = { _ in true }
    ) throws(EvaluationError) -> ExitEvaluation? {
        let beginning = beginsText ? tokenizer.beginningOfText : nil
        if beginsText, beginning == nil { throw .noBeginningOfText }
        return try ExitEvaluation.evaluate(
            model, on: tokens, beginning: beginning, window: window ?? standardWindow, cacheFormat: cacheFormat,
            progress: progress)
    }
}
