import LayerSkip
import TestSupport

/// One case: a model, and settings in which scripts and texts are tested on it.
struct SoakCase {
    let name: CaseName
    let seed: UInt64
    /// The file of a model that is not random; nil for the default model.
    let path: String?
    var breakage: Breakage?

    /// The result of a case.
    struct Failure: Error {
        let name: CaseName
        let difference: Difference
        /// Lines that describe the case.
        let lines: [String]
    }

    /// Runs the case.
    ///
    /// - Throws: ``Failure``.
    func run(on machine: Machine) throws(Failure) -> Tally {
        var random = SeededGenerator(seed: seed, name)
        var lines: [String] = []
        var tally = Tally()
        do {
            let models = try Models(name.subject, path: path, machine, breakage, &random)
            lines.append(models.summary)
            for _ in 0..<(name.subject.isLarge ? 1 : 3) {
                let setting = Setting(&random)
                lines.append(setting.summary)
                try run(models, setting, machine, &random, &tally, &lines)
                lines.removeLast()
            }
        } catch let difference as Difference {
            throw Failure(name: name, difference: difference, lines: lines)
        } catch {
            let difference = Difference(what: "the case", expected: "no error", found: "\(error)")
            throw Failure(name: name, difference: difference, lines: lines)
        }
        tally.cases = 1
        return tally
    }

    private func run(
        _ models: Models, _ setting: Setting, _ machine: Machine, _ random: inout SeededGenerator,
        _ tally: inout Tally, _ lines: inout [String]
    ) throws {
        let isLarge = name.subject.isLarge
        // The scalar table is many times slower than the others.
        let isSlow = models.tableName == "scalar"
        let longestWrite = isLarge ? 64 : isSlow ? 40 : random.chance(0.3) ? 1000 : 200
        let plain = PlainTexts(models.plain, setting)
        var prompts = [try prompt(models, &random)]
        if setting.isExact { prompts.append(try longer(prompts[0], plain, models.plain, &random)) }
        for _ in 0..<(isLarge ? 2 : 4) {
            let drafting = Drafting(&random, models, isLarge: isLarge)
            lines.append("\(drafting)")
            let writer = try setting.speculativeWriter(models.fast, drafting, breakage)
            var count = 0
            if setting.isExact {
                var script = Script(
                    writer, plain, models.plain, prompts: prompts, longestWrite: longestWrite, &random)
                try script.run()
                count = script.tokenCount
            } else {
                try writer.prefill(prompts[0], chunk: random.int(1...prefillChunk)) { true }
                count = min(longestWrite, writer.room)
                let end = prompts[0].count + count
                while writer.tokens.count < end { _ = try writer.nextTokens(limit: end - writer.tokens.count) }
            }
            // The last text of the script.
            let promptCount = writer.tokens.count - writer.hashes.count
            if !writer.hashes.isEmpty, !setting.isExact || random.chance(0.3) {
                let pass = OnePass(models.plain, setting.cacheFormat, writer.tokens, promptCount: promptCount)
                try pass.check(writer.hashes)
                if setting.acceptance == .rejection { try pass.checkSupport(setting.sampling) }
            }
            tally.add(count, models, setting, trial: setting.isExact ? "scripts" : "rejection")
            if setting.acceptance == .coupled, let text = models.text, random.chance(0.4) {
                let trial = TextTrial(
                    plain: text.plain, fast: text.fast, setting: setting, drafting: drafting,
                    longestWrite: longestWrite)
                tally.add(try trial.run(prompts[0], &random), models, setting, trial: "texts")
            }
            lines.removeLast()
        }
        if let file = models.file, breakage == nil, random.chance(0.2) {
            let trial = TableTrial(file: file, machine: machine, hasBF16: models.hasBF16, setting: setting)
            try trial.run(Array(prompts[0].prefix(40)))
            tally.tableComparisons += 1
        }
    }

    private static let beginnings = [
        "func fibonacci(_ n: Int) -> Int {\n", "import Foundation\n\n/// A queue of", "The capital of France is",
        "Once upon a time there was", "    for index in 0..<", "public struct Matrix {\n    let rows: Int\n",
        "Write a short poem about the sea.\n", "1, 2, 3, 4, 5, 6,",
    ]

    /// Returns random tokens: one, some, or so many that only one or two more fit.
    private func prompt(_ models: Models, _ random: inout SeededGenerator) throws -> [Token] {
        let model = models.plain
        // A trained model's drafts are accepted mostly in meaningful text.
        if name.subject.isLarge, let text = models.text, random.chance(0.7) {
            return try text.plain.tokenizer.encode(random.element(Self.beginnings))
        }
        let longest = min(model.contextLength - 1, name.subject.isLarge ? 300 : .max)
        let count =
            switch random.int(0...9) {
            case 0...1: 1
            case 2 where !name.subject.isLarge: max(1, longest - random.int(0...1))
            default: random.int(1...max(1, longest / 4))
            }
        return random.tokens(count, vocabularySize: model.vocabularySize)
    }

    /// Returns a prompt that extends another by some of its text, and then by other tokens.
    private func longer(
        _ prompt: [Token], _ plain: PlainTexts, _ model: LoadedModel, _ random: inout SeededGenerator
    ) throws -> [Token] {
        let room = model.contextLength - 1 - prompt.count
        let text = try plain.text(after: prompt, count: random.int(0...max(0, min(room - 1, 40)))).tokens
        guard text.count < room else { return prompt }
        return prompt + text + random.tokens(1, vocabularySize: model.vocabularySize)
    }
}
