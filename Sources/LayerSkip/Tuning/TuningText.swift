import LanguageModels
import TokenDecoding

/// A text that the full model wrote for a tuning.
struct TuningText {
    /// Prompt and text.
    let tokens: [Token]
    /// The number of tokens of the prompt.
    let promptCount: Int
    /// The most tokens that could have been written.
    let limit: Int
    /// The context that it was written with; nil for the model's.
    let context: Int?

    /// What was written, with the token that ended it.
    var written: ArraySlice<Token> { tokens[promptCount...] }

    /// Continues all prompts of a plan by plain decoding.
    ///
    /// - Returns: nil if `progress`, called between tokens, returned false.
    static func write(
        _ plan: Tuning.Plan, by model: TextModel, progress: (_ done: Int, _ total: Int) -> Bool
    ) throws -> [TuningText]? {
        var texts: [TuningText] = []
        for prompt in plan.prompts {
            var options = plan.options.fitted(to: prompt.count, of: model)
            options.strategy = .plain
            options.stops = []
            options.recordsRounds = false
            let result = try TextSession(model, options: options).generate(
                prompt, isCancelled: { !progress(texts.count, plan.prompts.count) })
            var tokens = prompt + result.tokens
            if case .endOfText(let token) = result.finishReason { tokens.append(token) }
            guard result.finishReason != .cancelled else { return nil }
            let room = (options.context ?? model.shape.contextLength) - prompt.count
            texts.append(
                TuningText(
                    tokens: tokens, promptCount: prompt.count, limit: min(options.maxTokens ?? room, room),
                    context: options.context))
        }
        return progress(texts.count, texts.count) ? texts : nil
    }
}
