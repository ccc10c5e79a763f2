import ArgumentParser
import LayerSkip

/// A prompt of a file, ready to be answered.
private struct ReadyPrompt {
    let record: PromptRecord
    let name: String
    let tokens: [Token]
}

extension GenerateCommand {
    /// Checks the options that answering a file of prompts does not have.
    func validateBatch() throws {
        guard batch.prompts != nil else { return }
        let given: [(String, Bool)] = [
            ("PROMPT", prompt != nil), ("--prompt-file", promptFile != nil), ("--messages", messages != nil),
            ("--picture", picture != nil), ("--show-drafts", showDrafts), ("--format", format != .text),
        ]
        if let option = given.first(where: \.1)?.0 {
            throw ValidationError("expected --prompts or \(option), found both")
        }
        if let samples = batch.samples, samples > 1, sampling.source.sampling == .greedy,
            sampling.temperature.temperature ?? 0 == 0
        {
            throw ValidationError("--samples: expected a --temperature above 0, with which samples differ, found 0")
        }
        if let output = batch.output, output != "-", let prompts = batch.prompts, prompts != "-",
            OutputPlaces.collide(output, with: prompts)
        {
            throw ValidationError("--output: expected another file than that of --prompts, found \(output.quoted)")
        }
    }

    /// Answers a file of prompts.
    func answerPrompts(_ path: String) throws {
        let input = try TextInput(path)
        let chatInput = try ChatInput(chatArguments)
        if let output = batch.output, output != "-" { try inputFiles.check(output: output) }
        let model = try model.load(drafting: strategy.loadedDrafting(sampling.acceptance))
        let outputKey = batch.outputKey ?? BatchArguments.standardOutputKey
        let records = try PromptRecords(
            input, key: batch.promptKey, outputKey: outputKey, longestPrompt: model.longestPrompt)
        Output.note(records.notes)
        var options = options
        options.sampling = sampling.sampling(for: model, continuing: storedSeed)
        options.strategy = strategy.strategy(for: model)
        let samples = batch.samples ?? 1
        if samples > 1, options.sampling.isGreedy {
            throw InputError(
                name: "--samples", expected: "a --temperature above 0, with which samples differ", found: "0")
        }
        options.context = try context.checked(for: model)
        let prompts = try encode(records, chatInput, options, for: model)
        let lines = AnswerLines(
            model, options, prompts: prompts, samples: samples, outputKey: outputKey, isNumbered: batch.samples != nil)
        // Before an existing output is replaced.
        let width = try BatchArguments.width(
            batch.texts, count: lines.count, longestPrompt: lines.longestPrompt, options, of: model)
        let output = try AnswerOutput(
            batch.output, replaces: batch.overwrite, inputs: inputFiles
        ) { (found) throws(FileError) in
            try lines.check(found, of: batch.output ?? "")
        }
        try answer(lines, to: output, with: model, options, width: width)
    }

    private func answer(
        _ lines: AnswerLines, to output: AnswerOutput, with model: TextModel, _ options: GenerationOptions,
        width: Int
    ) throws {
        var generation = BatchGeneration(model, width: width, options: options)
        let isSeen = Output.isErrorTerminal && !(Output.isTerminal && batch.output ?? "-" == "-")
        let progress = BatchProgress("answer", of: lines.count, after: output.keptCount, isTerminal: isSeen)
        let isComplete = try inBatch {
            lines[$0].name
        } _: {
            try generation.run(output.keptCount..<lines.count, request: lines.request) { index, result in
                try output.append(lines[index].bytes(result))
                progress.finishOne()
            } shouldContinue: {
                progress.continues($0)
            }
        }
        try output.synchronize()
        let summary = progress.finish()
        guard isComplete else {
            throw InputError(
                name: "interrupted after \(progress.doneCount) of \(lines.count) answers",
                expected: "all of them",
                found: "a request to stop"
                    + (batch.output ?? "-" == "-" ? "" : "; the same command continues"))
        }
        Output.note(summary + " | \(width.counted("text")) at once")
    }

    /// The seed of the first answer in an output that is continued, which that of all others follows from.
    private var storedSeed: UInt64? {
        guard let output = batch.output, output != "-", !batch.overwrite else { return nil }
        return AnswerLine.firstSeed(of: output)
    }

    /// The files that the output must not replace.
    private var inputFiles: InputFiles {
        var inputs = InputFiles()
        inputs.add(model: model.model, adapter: model.adapter)
        if let prompts = batch.prompts, prompts != "-" { inputs.add(prompts, as: "the prompts") }
        return inputs
    }

    private func encode(
        _ records: PromptRecords, _ chatInput: ChatInput, _ options: GenerationOptions, for model: TextModel
    ) throws -> [ReadyPrompt] {
        let encoder = PromptEncoder(model, chatInput, chat: chat, parsesSpecialTokens: parseSpecial) { hasTools in
            try template(for: model, hasTools: hasTools)
        }
        var prompts: [ReadyPrompt] = []
        let progress = Progress("prompts read", of: records.all.count, after: .seconds(1))
        for (record, name) in records.all {
            guard progress(prompts.count) else { throw InterruptedError() }
            let tokens = try encoder.tokens(of: record.content, name: name)
            try inText(name) { try model.checkPrompt(tokens, context: options.context) }
            prompts.append(ReadyPrompt(record: record, name: name, tokens: tokens))
        }
        _ = progress(prompts.count)
        try encoder.finish(option: chatArguments.given)
        Output.note(
            longRoPEOf: model, contexts: prompts.map { options.fitted(to: $0.tokens.count, of: model).context })
        return prompts
    }
}

/// The lines of an output: for each prompt, one for each of its samples.
private struct AnswerLines {
    private let prompts: [ReadyPrompt]
    private let options: GenerationOptions
    private let samples: Int
    private let isNumbered: Bool
    private let outputKey: String
    private let hash: AnswerHash

    init(
        _ model: TextModel, _ options: GenerationOptions, prompts: [ReadyPrompt], samples: Int, outputKey: String,
        isNumbered: Bool
    ) {
        self.prompts = prompts
        self.options = options
        self.samples = samples
        self.outputKey = outputKey
        self.isNumbered = isNumbered
        hash = AnswerHash(model)
    }

    var count: Int { prompts.count * samples }

    subscript(index: Int) -> AnswerLine {
        let prompt = prompts[index / samples]
        let request = request(index)
        return AnswerLine(
            prompt.record, name: prompt.name, outputKey: outputKey, sample: isNumbered ? index % samples : nil,
            seed: options.sampling.isGreedy ? nil : request.options.sampling.seed,
            run: hash(request.prompt, request.options))
    }

    /// Each answer has a seed of its own: the first one's is that of the options, and each further one's is 1 more.
    func request(_ index: Int) -> BatchRequest {
        var options = options
        options.sampling.seed &+= UInt64(index)
        return BatchRequest(prompt: prompts[index / samples].tokens, options: options)
    }

    /// Throws unless a line of an existing output is the one with this number.
    func check(_ found: ResumableLines.Found, of file: String) throws(FileError) {
        guard found.index < count else {
            throw FileError(
                file: file, name: "line \(found.index + 1)", expected: "at most \(count) answers, to continue them",
                found: "more; choose another --output, or replace this one with --overwrite")
        }
        try self[found.index].check(found, of: file)
    }

    /// The number of tokens of the longest prompt.
    var longestPrompt: Int { prompts.map(\.tokens.count).max() ?? 0 }
}
