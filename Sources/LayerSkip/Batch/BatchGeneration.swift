import LanguageModels
import TensorCore
import TokenDecoding

/// The answering of many prompts, several at once. Each answer is bit for bit the one that its prompt gets alone.
///
/// When a text ends, the next prompt takes its place, and reuses the beginning that its cache shares with it.
package struct BatchGeneration: ~Copyable {
    private let model: TextModel
    private var engine: Engine<LoadedModel>
    /// The most texts at once.
    private let width: Int
    private var open: [OpenText] = []
    private var idle: [(stream: TokenStream, options: GenerationOptions)] = []
    /// Answers that wait for one to an earlier prompt.
    private var waiting: [Int: GenerationResult] = [:]

    /// Prepares to answer prompts.
    ///
    /// - Parameters:
    ///   - width: the most texts at once, at least 1.
    ///   - options: have the cache's format, and the strategy that decides what drafts can run.
    package init(_ model: TextModel, width: Int, options: GenerationOptions) {
        precondition(width >= 1, "at least one text at once")
        self.model = model
        self.width = width
        engine = model.engine(options)
    }

    /// Answers prompts.
    ///
    /// - Parameters:
    ///   - indices: the numbers of the prompts.
    ///   - request: returns the prompt with a number. Its cache has the format of the batch.
    ///   - each: receives the answers, in the order of their prompts.
    ///   - shouldContinue: called after each round, with the number of its tokens, and before each chunk of a prompt;
    ///     false drops unfinished texts.
    /// - Returns: whether all prompts were answered.
    /// - Throws: what the closures throw; ``BatchError`` if a prompt does not fit, or the model's numbers are no longer
    ///   finite.
    package mutating func run(
        _ indices: Range<Int>, request: (Int) throws -> BatchRequest,
        each: (Int, GenerationResult) throws -> Void, shouldContinue: (_ tokens: Int) -> Bool = { _ in true }
    ) throws -> Bool {
        defer { finish() }
        var (next, due) = (indices.lowerBound, indices.lowerBound)
        while true {
            // Not far ahead of the oldest text, so that an interruption loses few answers that wait for it.
            while open.count < width, next < indices.upperBound, next < due + 4 * width {
                guard try start(request(next), index: next, { shouldContinue(0) }) else { return false }
                next += 1
            }
            guard !open.isEmpty else { return true }
            let continues = shouldContinue(try step())
            while let result = waiting.removeValue(forKey: due) {
                try each(due, result)
                due += 1
            }
            if due == indices.upperBound { return true }
            guard continues else { return false }
        }
    }

    /// Reads a prompt. Returns false if `shouldContinue` did.
    private mutating func start(_ request: BatchRequest, index: Int, _ shouldContinue: () -> Bool) throws -> Bool {
        let options = request.options.fitted(to: request.prompt.count, of: model)
        do {
            let stream = try stream(for: options)
            stream.statistics = DecodingStatistics()
            try engine.prefill(stream, request.prompt, shouldContinue: shouldContinue)
            let request = BatchRequest(prompt: request.prompt, options: options)
            open.append(OpenText(model, request, index: index, in: stream))
            return true
        } catch GenerationError.cancelled {
            return false
        } catch let error as GenerationError {
            throw BatchError(index: index, error: error)
        }
    }

    /// A text for some options: a finished one, if one had the same.
    private mutating func stream(for options: GenerationOptions) throws -> TokenStream {
        var key = options
        key.sampling.seed = 0
        guard let index = idle.lastIndex(where: { $0.options == key }) else {
            return try model.text(of: engine, options)
        }
        let stream = idle.remove(at: index).stream
        stream.reseed(options.sampling.seed)
        return stream
    }

    /// Writes a round of all open texts, and returns the number of its tokens.
    private mutating func step() throws(BatchError) -> Int {
        for text in open { text.beginRound() }
        let streams = open.map(\.stream)
        let before = streams.reduce(0) { $0 + $1.tokens.count }
        engine.step(streams)
        var kept: [OpenText] = []
        for var text in open {
            do {
                guard let result = try text.endRound() else {
                    kept.append(text)
                    continue
                }
                waiting[text.index] = result
            } catch {
                throw BatchError(index: text.index, error: error)
            }
            release(text)
        }
        open = kept
        // Tokens after the end of a text have been taken back.
        return streams.reduce(0) { $0 + $1.tokens.count } - before
    }

    private mutating func release(_ text: OpenText) {
        var options = text.request.options
        options.sampling.seed = 0
        idle.append((text.stream, options))
        // Texts of other options, such as other exits, would keep their memory.
        if idle.count > width { idle.removeFirst() }
    }

    /// Lets later texts of the model know what these have learned about drafts.
    private mutating func finish() {
        model.experience.update { experience in
            engine.teach(&experience)
            for text in open { text.stream.teach(&experience) }
            for (stream, _) in idle { stream.teach(&experience) }
        }
        open = []
        waiting = [:]
    }
}

/// The error of one prompt of a batch.
package struct BatchError: Error {
    /// The prompt's number.
    package let index: Int
    /// What is wrong.
    package let error: GenerationError
}
