import LayerSkip
import TestSupport

/// A test that drives a speculative writer through prompts, rounds, cancellations and truncations. After each step it
/// compares text and logits with those of plain decoding.
struct Script {
    private let writer: any Writer
    private let plain: PlainTexts
    private let model: LoadedModel
    /// Prompts that several scripts share, together with their plain texts.
    private let prompts: [[Token]]
    /// The maximum number of tokens per step.
    private let longestWrite: Int
    private var random: SeededGenerator
    private var prompt: [Token] = []
    private var steps: [String] = []
    /// The number of tokens generated and compared.
    private(set) var tokenCount = 0

    init(
        _ writer: any Writer, _ plain: PlainTexts, _ model: LoadedModel, prompts: [[Token]], longestWrite: Int,
        _ random: inout SeededGenerator
    ) {
        self.writer = writer
        self.plain = plain
        self.model = model
        self.prompts = prompts
        self.longestWrite = longestWrite
        self.random = SeededGenerator(seed: random.next())
    }

    /// Runs the script.
    ///
    /// - Throws: ``Difference`` with the steps up to it, or an error of decoding.
    mutating func run() throws {
        do {
            try read(prompts[0])
            try write(longestWrite)
            for _ in 0..<random.int(0...5) {
                switch random.int(0...9) {
                case 0...2: try read(nextPrompt())
                case 3...4: keep()
                case 5: try refuse()
                default: break
                }
                try check()
                try write(random.chance(0.7) ? longestWrite : random.int(1...20))
            }
        } catch var difference as Difference {
            difference.steps = steps
            throw difference
        } catch {
            throw Difference(what: "decoding", expected: "no error", found: "\(error)", steps: steps)
        }
    }

    /// Gives the writer a prompt, sometimes after others whose prefill is cancelled.
    private mutating func read(_ prompt: [Token]) throws {
        let chunks = [1, 2, 3, 7, 64, 255, 256, 257, prefillChunk]
        while random.chance(0.25) {
            let other = random.chance(0.5) ? prompt : nextPrompt()
            var chunksLeft = random.int(0...3)
            steps.append("read \(other.count) tokens, cancelled after \(chunksLeft) chunks")
            do {
                try writer.prefill(other, chunk: random.element(chunks)) {
                    chunksLeft -= 1
                    return chunksLeft >= 0
                }
            } catch GenerationError.cancelled {}
        }
        let chunk = random.element(chunks)
        steps.append("read \(prompt.count) tokens in chunks of \(chunk)")
        try writer.prefill(prompt, chunk: chunk) { true }
        self.prompt = prompt
    }

    /// Returns a prompt of the pool, or one that begins like the text.
    private mutating func nextPrompt() -> [Token] {
        if random.chance(0.7) || writer.tokens.isEmpty { return random.element(prompts) }
        let limit = min(model.contextLength - 1, 400)
        let kept = writer.tokens.prefix(random.int(0...min(limit - 1, writer.tokens.count)))
        let more = random.tokens(random.int(1...min(8, limit - kept.count)), vocabularySize: model.vocabularySize)
        return kept + more
    }

    /// Generates up to `count` tokens in rounds with random limits, and compares them.
    private mutating func write(_ count: Int) throws {
        var left = min(count, writer.room)
        steps.append("write \(left) tokens")
        tokenCount += left
        let cutsRounds = random.chance(0.3)
        while left > 0 {
            let limit = cutsRounds ? random.int(1...min(left, 9)) : left
            let given = try writer.nextTokens(limit: limit)
            try Difference.require(
                (1...limit).contains(given), "tokens of a round", expected: "1...\(limit)", found: "\(given)")
            left -= given
        }
        try check()
    }

    /// Truncates the text, sometimes into the prompt.
    private mutating func keep() {
        let first = random.chance(0.85) ? prompt.count : 1
        let count = random.int(first...writer.tokens.count)
        steps.append("keep \(count) of \(writer.tokens.count) tokens")
        writer.keep(count)
        prompt = Array(prompt.prefix(count))
    }

    /// Tries invalid prompts, which are rejected and leave the text unchanged.
    private mutating func refuse() throws {
        let bad: [[Token]] = [
            [], [Token(model.vocabularySize)], [-1], Array(repeating: 0, count: model.contextLength),
        ]
        let prompt = random.element(bad)
        steps.append("refuse a prompt of \(prompt.count) tokens")
        do {
            try writer.prefill(prompt, chunk: prefillChunk) { true }
        } catch {
            return
        }
        throw Difference(what: "a prompt of \(prompt.prefix(3))", expected: "an error", found: "none")
    }

    private func check() throws {
        let expected = try plain.text(after: prompt, count: writer.tokens.count - prompt.count)
        try Difference.require(
            writer.tokens.starts(with: prompt), "the prompt", expected: "\(prompt)", found: "\(writer.tokens)")
        try Difference.check(
            "speculative text", tokens: writer.tokens[prompt.count...], hashes: writer.hashes[...],
            areThoseOf: expected)
        let statistics = writer.statistics
        let isPossible = zip(statistics.acceptedByPosition, statistics.draftedByPosition).allSatisfy { $0 <= $1 }
        try Difference.require(isPossible, "accepted drafts", expected: "at most the drafts", found: "\(statistics)")
    }
}
