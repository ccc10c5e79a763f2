import LayerSkip

/// Counts allocations while a text is written, once everything that decoding reuses is there.
struct Measurement {
    let model: TextModel
    let counter: AllocationCounter

    /// Tokens after which the state is steady, and tokens to count over: together within one page of the cache.
    private static let warmUp = 64
    private static let counted = 128

    private var prompt: [Token] { get throws { try model.tokenizer.encode("Once upon a time") } }

    /// Allocations of the decoding loop.
    func generator(_ drafter: some Drafter, _ sampling: Sampling) throws -> Int {
        var generator = try Generator(model.model, drafter: drafter, sampling: sampling)
        try generator.prefill(prompt)
        let start = generator.tokens.count + Self.warmUp
        while generator.tokens.count < start { _ = try generator.nextRound(limit: .max) }
        counter.begin()
        while generator.tokens.count < start + Self.counted { _ = try generator.nextRound(limit: .max) }
        return counter.end()
    }

    /// Allocations of an engine's steps with several texts.
    func texts(_ count: Int, _ drafter: some Drafter, _ sampling: Sampling) throws -> Int {
        var engine = Engine(model.model)
        var texts: [TokenStream] = []
        for index in 0..<count {
            var sampling = sampling
            sampling.seed = UInt64(index)
            let text = try engine.makeText(drafter: drafter, sampling: sampling)
            try engine.prefill(text, prompt)
            texts.append(text)
        }
        let start = texts[0].tokens.count + Self.warmUp
        while texts.contains(where: { $0.tokens.count < start }) { engine.step(texts) }
        // Texts are of different lengths by now, and none may reach the next page of its cache.
        counter.begin()
        for _ in 0..<Self.countedSteps { engine.step(texts) }
        return counter.end()
    }

    private static let countedSteps = 16

    /// Allocations of decoding and of turning tokens into text; nil where a piece of text was too long to lie in its
    /// `String` itself, and so took memory by right.
    func text(_ strategy: DecodingStrategy, _ sampling: Sampling) throws -> Int? {
        var options = GenerationOptions()
        options.strategy = strategy
        options.sampling = sampling
        options.ignoresEndOfText = true
        options.maxTokens = Self.warmUp + Self.counted
        var pieces = 0
        var isCounting = false
        var hasLongPiece = false
        var count = 0
        _ = try TextSession(model, options: options).generate(prompt) { [counter] event in
            switch event {
            case .verified, .forgotten: return
            case .drafted(let piece, _):
                if isCounting, piece.utf8.count > Self.bytesOfSmallString { hasLongPiece = true }
            case .text(let piece, _):
                if isCounting, piece.utf8.count > Self.bytesOfSmallString { hasLongPiece = true }
                pieces += 1
                if pieces == Self.warmUp {
                    isCounting = true
                    counter.begin()
                }
                // Not all tokens: those that only begin a character make no piece.
                if pieces == Self.warmUp + Self.counted / 2 {
                    count = counter.end()
                    isCounting = false
                }
            }
        }
        return hasLongPiece ? nil : count
    }

    private static let bytesOfSmallString = 15
}
