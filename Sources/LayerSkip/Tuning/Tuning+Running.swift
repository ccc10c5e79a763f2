import LanguageModels
import TensorCore
public import TokenDecoding

extension Tuning {
    /// Writes the texts, measures the costs of passes, and lets the exits read the texts.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - plan: what is tried.
    ///   - progress: receives the current phase, what of it is done and its total, and returns whether to continue.
    /// - Returns: nil if `progress` returned false.
    /// - Throws: ``ExitLayerError`` or ``GenerationError`` if the plan does not fit the model.
    public init?(
        _ model: TextModel, _ plan: Plan, progress: (Phase, _ done: Int, _ total: Int) -> Bool = { _, _, _ in true }
    ) throws {
        try plan.validate(layerCount: model.shape.layerCount)
        guard let texts = try TuningText.write(plan, by: model, progress: { progress(.writing, $0, $1) }) else {
            return nil
        }
        let measured = try ModelCost.measure(
            model.model, [.passes], passLengths: plan.passLengths, cacheFormat: plan.options.cacheFormat,
            rounds: plan.costRounds, progress: { progress(.measuring, $0, $1) })
        guard let measured else { return nil }
        let exits = plan.exitLayers ?? Array(1..<model.shape.layerCount)
        var traces: [ExitTrace] = []
        for text in texts {
            let trace = try ExitTrace(
                model.model, text: text.tokens, promptCount: text.promptCount, exitLayers: exits,
                sampling: plan.options.sampling, cacheFormat: plan.options.cacheFormat, context: text.context,
                shouldContinue: { progress(.reading, traces.count, texts.count) })
            guard let trace else { return nil }
            traces.append(trace)
        }
        _ = progress(.reading, texts.count, texts.count)
        self.init(
            texts, traces, plan.draftLengths.sorted(), cost: measured, layers: model.shape.layerCount,
            vocabularySize: model.model.vocabularySize)
    }

    /// Predicts the speed of all combinations.
    private init(
        _ texts: [TuningText], _ traces: [ExitTrace], _ draftLengths: [Int], cost: ModelCost, layers: Int,
        vocabularySize: Int
    ) {
        let choosing = traces.map(\.choosingSeconds).median ?? 0
        let costs = cost.passes?.model ?? CostModel()
        func cell(_ exitLayer: Int?, _ draftLength: Int, _ rounds: SimulatedRounds) -> Cell {
            let seconds = rounds.seconds(costs, exitLayer: exitLayer, layers: layers, choosing: choosing)
            return Cell(
                exitLayer: exitLayer, draftLength: draftLength, rounds: rounds.rounds, drafted: rounds.drafted,
                accepted: rounds.accepted, seconds: seconds?.drafting ?? 0,
                speedup: seconds.map { $0.plain / $0.drafting } ?? 1)
        }
        exitLayers = traces.first?.exitLayers ?? []
        textCount = texts.count
        tokenCount = texts.reduce(0) { $0 + $1.written.count }
        cells = exitLayers.enumerated().flatMap { index, exitLayer in
            draftLengths.map { length in
                var rounds = SimulatedRounds()
                for (text, trace) in zip(texts, traces) {
                    rounds.add(agreements: trace.agreements[index], draftLength: length, limit: text.limit)
                }
                return cell(exitLayer, length, rounds)
            }
        }
        lookups = draftLengths.map { length in
            var rounds = SimulatedRounds()
            for text in texts {
                rounds.add(
                    lookupsIn: text.tokens, promptCount: text.promptCount, draftLength: length, limit: text.limit)
            }
            return cell(nil, length, rounds)
        }
        let count = Double(max(1, tokenCount))
        agreements = exitLayers.indices.map { index in
            Double(traces.reduce(0) { $0 + $1.agreements[index].count { $0 } }) / count
        }
        vocabulary = TokenRanking(writtenIn: texts.map(\.written), vocabularySize: vocabularySize)
        plainSecondsPerToken = (costs.secondsPerToken(layers: layers) ?? 0) + choosing
        self.cost = cost
    }
}

extension Tuning.Plan {
    /// The numbers of rows of the passes whose cost is measured; those between them are interpolated.
    var passLengths: [Int] {
        let longest = (draftLengths.max() ?? 1) + 1
        return [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128].filter { $0 < longest } + [longest]
    }

    /// Throws if the plan is invalid for every model.
    public func validate() throws(GenerationError) {
        try options.validate()
        func require(_ isValid: Bool, _ name: String, _ expected: String, _ found: String) throws(GenerationError) {
            guard isValid else { throw .invalidOption(name: name, expected: expected, found: found) }
        }
        try require(!prompts.isEmpty, "prompts", "at least one", "none")
        try require(options.acceptance == .coupled, "acceptance", "coupled", options.acceptance.rawValue)
        if let costRounds { try require(costRounds >= 1, "rounds", "1 or more", "\(costRounds)") }
        for (name, values) in [("exit layers", exitLayers), ("draft lengths", draftLengths)] {
            guard let values else { continue }
            try require(!values.isEmpty, name, "at least one", "none")
            try require(Set(values).count == values.count, name, "each number once", "\(values)")
        }
        for exitLayer in exitLayers ?? [] { try SpeculationSetting.check(exitLayer: exitLayer) }
        for length in draftLengths {
            let lengths = 1...SpeculationSetting.maximumDraftLength
            try require(lengths.contains(length), "draft length", "\(lengths)", "\(length)")
        }
    }

    /// Throws if the plan does not fit a model.
    fileprivate func validate(layerCount: Int) throws(GenerationError) {
        try validate()
        guard layerCount > 1 else {
            throw .invalidOption(name: "model", expected: "at least 2 layers, so that one can exit", found: "1")
        }
        for exitLayer in exitLayers ?? [] where exitLayer >= layerCount {
            throw .invalidOption(
                name: "exit layer", expected: "1...\(layerCount - 1), fewer than the model's \(layerCount)",
                found: "\(exitLayer)")
        }
    }
}
