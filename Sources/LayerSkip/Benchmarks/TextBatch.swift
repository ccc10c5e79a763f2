import LanguageModels
import TensorCore
import TokenDecoding

/// Texts that an engine has written at once.
struct TextBatch {
    /// The tokens of each text, without its prompt, up to the token that ended it.
    let tokens: [[Token]]
    /// The time for all tokens, without reading the prompts.
    let seconds: Double

    /// Continues all prompts at once, until each text has ended.
    ///
    /// - Throws: ``ExitLayerError`` or ``GenerationError``.
    init(_ model: TextModel, continuing prompts: [[Token]], _ options: GenerationOptions) throws {
        var engine = model.engine(options)
        var texts: [TokenStream] = []
        for prompt in prompts {
            let text = try model.text(of: engine, options.fitted(to: prompt.count, of: model))
            try engine.prefill(text, prompt)
            texts.append(text)
        }
        let ends = options.ignoresEndOfText ? [] : model.tokenizer.endOfTextTokens
        let limit = options.maxTokens ?? .max
        var tokens = [[Token]](repeating: [], count: prompts.count)
        var open = Array(texts.indices)
        let stopwatch = Stopwatch()
        while true {
            open.removeAll { index in
                let hasEnded = tokens[index].last.map(ends.contains) ?? false
                return hasEnded || texts[index].room == 0 || tokens[index].count >= limit
            }
            guard !open.isEmpty else { break }
            for index in open { texts[index].limit = limit - tokens[index].count }
            engine.step(open.map { texts[$0] })
            for index in open {
                if let failure = texts[index].failure { throw failure }
                let new = texts[index].round?.tokens ?? []
                tokens[index] += new.firstIndex(where: ends.contains).map { new[...$0] } ?? new[...]
            }
        }
        seconds = stopwatch.seconds
        self.tokens = tokens
        model.experience.update { experience in
            engine.teach(&experience)
            for text in texts { text.teach(&experience) }
        }
    }

    /// Tokens per second of all texts.
    var tokensPerSecond: Double { Double(tokens.reduce(0) { $0 + $1.count }) / seconds }
}
