import LayerSkip
import TestSupport

/// A test with texts instead of tokens: one speculative session generates text after text, and each is compared with
/// its own plain session. Texts have stop texts, ends of text, limits and cancellations.
struct TextTrial {
    let plain: TextModel
    let fast: TextModel
    let setting: Setting
    let drafting: Drafting
    let longestWrite: Int

    /// Generates some texts after a prompt and its continuations.
    ///
    /// - Returns: the number of tokens compared.
    func run(_ prompt: [Token], _ random: inout SeededGenerator) throws -> Int {
        var options = GenerationOptions()
        options.sampling = setting.sampling
        options.cacheFormat = setting.cacheFormat
        options.ignoresEndOfText = random.chance(0.3)
        options.maxTokens = random.chance(0.3) && longestWrite > 100 ? nil : longestWrite
        options.strategy = .plain
        options.stops = try stops(options, prompt, &random)
        var fastOptions = options
        fastOptions.strategy = drafting.strategy
        let session = try TextSession(fast, options: fastOptions)

        var prompt = prompt
        var count = 0
        for number in 0..<3 {
            let expected = try TextSession(plain, options: options).generate(prompt)
            var pieces = ""
            var questionsLeft = random.chance(0.3) ? random.int(0...12) : .max
            let found = try session.generate(prompt) { event in
                if case .text(let piece, _) = event { pieces += piece }
            } isCancelled: {
                questionsLeft -= 1
                return questionsLeft < 0
            }
            count += found.tokens.count
            let what = "text \(number) of a session, stops \(options.stops.map(\.debugDescription))"
            try compare(found, pieces, expected, what)
            let limit = min(plain.model.contextLength - 1, 200)
            let text = (prompt + found.tokens).prefix(random.int(0...limit - 1))
            prompt = text + random.tokens(1, vocabularySize: plain.tokenizer.vocabularySize)
        }
        return count + (try stream(options: options, fastOptions, prompt, &random))
    }

    /// Repeats the last prompt as an asynchronous sequence.
    private func stream(
        options: GenerationOptions, _ fastOptions: GenerationOptions, _ prompt: [Token],
        _ random: inout SeededGenerator
    ) throws -> Int {
        guard random.chance(0.3) else { return 0 }
        let expected = try TextSession(plain, options: options).generate(prompt)
        let outcome = try StreamTrial(model: fast, options: fastOptions).run(prompt, &random)
        guard let found = outcome.result else { return 0 }
        // A reader that leaves may miss pieces generated before the writer noticed.
        try Difference.require(
            found.text.utf8.starts(with: outcome.pieces.utf8), "the pieces of a sequence",
            expected: "a beginning of \(found.text.debugDescription)", found: outcome.pieces.debugDescription)
        try compare(found, found.text, expected, "a text as a sequence")
        return found.tokens.count
    }

    private func compare(
        _ found: GenerationResult, _ pieces: String, _ expected: GenerationResult, _ what: String
    ) throws(Difference) {
        try Difference.require(
            pieces.utf8.elementsEqual(found.text.utf8), what + ": pieces", expected: found.text.debugDescription,
            found: pieces.debugDescription)
        try Difference.require(
            found.statistics.generatedTokens == found.tokens.count, what + ": statistics",
            expected: "\(found.tokens.count) tokens", found: "\(found.statistics.generatedTokens)")
        guard found.finishReason != .cancelled else {
            return try Difference.require(
                expected.tokens.starts(with: found.tokens), what + ", cancelled",
                expected: "a beginning of \(expected.tokens)", found: "\(found.tokens)")
        }
        let isEqual =
            found.tokens == expected.tokens && found.text.utf8.elementsEqual(expected.text.utf8)
            && found.finishReason == expected.finishReason
        func describe(_ result: GenerationResult) -> String {
            "\(result.finishReason), \(result.text.debugDescription), \(result.tokens)"
        }
        try Difference.require(isEqual, what, expected: describe(expected), found: describe(found))
    }

    /// Returns up to three pieces of the text as stop texts, so that some of them end it.
    private func stops(
        _ options: GenerationOptions, _ prompt: [Token], _ random: inout SeededGenerator
    ) throws -> [String] {
        guard random.chance(0.5) else { return [] }
        let text = Array(try TextSession(plain, options: options).generate(prompt).text.unicodeScalars)
        guard !text.isEmpty else { return [] }
        return (0..<random.int(1...3)).map { _ in
            let start = random.int(0...text.count - 1)
            var stop = ""
            stop.unicodeScalars.append(contentsOf: text[start...].prefix(random.int(1...5)))
            return stop
        }
    }
}
