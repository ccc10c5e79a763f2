import ArgumentParser
import LayerSkip

extension EvaluateCommand {
    /// Evaluates a task.
    func evaluateTask(_ path: String) throws {
        let input = try TextInput(path)
        let items = try TaskItems(input, limit: task.limit)
        Output.note(items.notes)
        var inputs = InputFiles()
        inputs.add(model: model.model, adapter: model.adapter)
        if path != "-" { inputs.add(path, as: "the task") }
        if let details = task.details { try inputs.check(output: details) }
        var details = try TaskDetails(task.details)
        let chatInput = try ChatInput(task.chatArguments)
        let model = try model.load()
        let layerCount = model.shape.layerCount
        if let layer = task.exitLayers?.values.first(where: { $0 > layerCount }) {
            throw InputError(
                name: "--exit-layers", expected: "numbers in 1...\(layerCount), the model's layers", found: "\(layer)")
        }
        let exits = task.exitLayers.map { Set($0.values).sorted() }
        let questions = TaskQuestions(task, chatInput, model, format: try task.format())
        let report: TaskReport
        switch items.all[0].answer {
        case .choice:
            report = try chooseAnswers(items.all, questions, exits ?? Array(1...layerCount), model, &details)
        case .texts: report = try generateAnswers(items.all, questions, exits ?? [layerCount], model, &details)
        }
        try details.commit()
        switch format {
        case .json: try Output.write(json: report)
        case .text: try Output.write(report.text)
        }
    }

    private func chooseAnswers(
        _ items: [TaskItem], _ questions: TaskQuestions, _ exits: [Int], _ model: TextModel,
        _ details: inout TaskDetails
    ) throws -> TaskReport {
        if let option = task.optionOfGeneratedAnswers {
            throw InputError(name: option, expected: "a task without choices", found: "multiple choice; leave it out")
        }
        var report = TaskReport(.multipleChoice, exits: exits)
        let encoded = try items.map { try questions.choices($0) }
        try questions.finish()
        var scorer = ChoiceScorer(model, exits: exits, cacheFormat: cache.cacheFormat)
        let progress = BatchProgress("item", of: items.count)
        for (item, question) in zip(items, encoded) {
            let scores = try inText(item.name) {
                try scorer.scores(of: question) { progress.continues(0) }
            }
            guard let scores, case .choice(let answer, let choices) = item.answer else { throw InterruptedError() }
            report.add(scores, answer: answer, choiceCount: choices.count)
            try details.add(ChoiceDetails(item, scores, answer, exits))
            progress.finishOne()
        }
        progress.clear()
        return report
    }

    private func generateAnswers(
        _ items: [TaskItem], _ questions: TaskQuestions, _ exits: [Int], _ model: TextModel,
        _ details: inout TaskDetails
    ) throws -> TaskReport {
        if let option = task.optionOfChoices {
            throw InputError(name: option, expected: "multiple choice", found: "a task without choices; leave it out")
        }
        let rule = task.rule
        for item in items {
            guard case .texts(let answers) = item.answer, answers.contains(where: { rule.normalized($0) == nil }) else {
                continue
            }
            throw InputError(
                name: item.name, expected: "an answer with a \(rule.part.rawValue)", found: "none; change --extract")
        }
        var options = GenerationOptions(cacheFormat: cache.cacheFormat, maxTokens: task.maxTokens ?? 256)
        options.stops = task.stop
        let prompts = try items.map { item in
            let tokens = try questions.prompt(item)
            try inText(item.name) { try model.checkPrompt(tokens) }
            return tokens
        }
        try questions.finish()
        var report = TaskReport(.exactMatch, exits: exits)
        let width = try BatchArguments.width(
            task.texts, count: items.count * exits.count, longestPrompt: prompts.map(\.count).max() ?? 0, options,
            of: model)
        var generation = BatchGeneration(model, width: width, options: options)
        let progress = BatchProgress("answer", of: items.count * exits.count)
        var texts: [String] = []
        let isComplete = try inBatch {
            items[$0 / exits.count].name
        } _: {
            try generation.run(0..<items.count * exits.count) { index in
                var options = options
                let exit = exits[index % exits.count]
                if exit < model.shape.layerCount { options.strategy = .earlyExit(exitLayer: exit) }
                return BatchRequest(prompt: prompts[index / exits.count], options: options)
            } each: { index, result in
                progress.finishOne()
                texts.append(result.text)
                guard texts.count == exits.count, case .texts(let answers) = items[index / exits.count].answer else {
                    return
                }
                let hits = texts.map { rule.accepts($0, asOneOf: answers) }
                report.add(hits)
                try details.add(AnswerDetails(items[index / exits.count], answers, texts, hits, exits))
                texts = []
            } shouldContinue: {
                progress.continues($0)
            }
        }
        guard isComplete else { throw InterruptedError() }
        Output.note(progress.finish())
        return report
    }
}
