extension TextModel {
    /// The largest context whose texts rotate positions by LongRoPE's short factors, as in the model's first training;
    /// nil if all texts rotate alike (Ding et al., arXiv 2402.13753).
    public var shortContext: Int? { model.shortContext }

    /// The context for a text of known length: the short one if the whole text fits into it, otherwise nil.
    ///
    /// - Parameters:
    ///   - promptCount: the number of tokens of the prompt.
    ///   - maxTokens: the most tokens to generate; nil for no limit.
    package func fittingContext(promptCount: Int, maxTokens: Int?) -> Int? {
        guard let shortContext, let maxTokens, maxTokens <= shortContext - promptCount else { return nil }
        return shortContext
    }
}

extension GenerationOptions {
    /// The same options with a context for one text, unless they have one.
    package func fitted(to promptCount: Int, of model: TextModel) -> GenerationOptions {
        var options = self
        options.context = context ?? model.fittingContext(promptCount: promptCount, maxTokens: maxTokens)
        return options
    }
}
