import CheckpointFiles
import LanguageModels
import TensorCore
public import TokenDecoding

extension Tuning {
    /// Writes the texts, measures the costs of passes, and lets the exits read the texts.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - plan: what is tried.
    ///   - checkpoint: the model's files, from which copies in smaller formats are made; nil for no copies.
    ///   - progress: receives the current phase, what of it is done and its total, and returns whether to continue.
    /// - Returns: nil if `progress` returned false.
    /// - Throws: ``GenerationError`` if the plan does not fit the model; ``CheckpointError`` if a copy is not loaded. A
    ///   copy for which there is no memory is left out; ``notes`` say so.
    public init?(
        _ model: TextModel, _ plan: Plan, copying checkpoint: Checkpoint? = nil,
        progress: (Phase, _ done: Int, _ total: Int) -> Bool = { _, _, _ in true }
    ) throws {
        try self.init(model, plan, copying: checkpoint, progress: progress) {
            (stored, recipe) throws(CheckpointError) in
            try stored.checkMemory(quantizing: recipe)
        }
    }

    /// - Parameter checkMemory: throws if there is no memory for a copy.
    init?(
        _ model: TextModel, _ plan: Plan, copying checkpoint: Checkpoint?,
        progress: (Phase, _ done: Int, _ total: Int) -> Bool = { _, _, _ in true },
        checkMemory: (StoredModel, QuantizationRecipe) throws(CheckpointError) -> Void
    ) throws {
        try plan.validate(layerCount: model.shape.layerCount)
        // Before texts are written, which takes long.
        try ModelCost.check(model.model, [.passes], depth: 0, plan.passLengths, rounds: plan.costRounds)
        guard let texts = try TuningText.write(plan, by: model, progress: { progress(.writing, $0, $1) }) else {
            return nil
        }
        let measured = try ModelCost.measure(
            model.model, [.passes], passLengths: plan.passLengths, cacheFormat: plan.options.cacheFormat,
            rounds: plan.costRounds, mostRounds: Self.mostCostRounds,
            progress: { progress(.measuring, $0, $1) })
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
        let prediction = TuningPrediction(
            texts, layers: model.shape.layerCount, passes: measured.passes,
            choosing: traces.map(\.choosingSeconds).median ?? 0)
        var copies: [Copy] = []
        var notes: [String] = []
        if let checkpoint {
            let tried = try Copy.all(
                plan, of: model, checkpoint, prediction, notes: &notes, checkMemory: checkMemory
            ) { progress(.copying, $0, $1) }
            guard let tried else { return nil }
            copies = tried
        }
        self.init(prediction, traces, plan.draftLengths.sorted(), copies, notes, cost: measured, of: model)
    }

    /// Predicts the speed of all combinations.
    private init(
        _ prediction: TuningPrediction, _ traces: [ExitTrace], _ draftLengths: [Int], _ copies: [Copy],
        _ notes: [String], cost: ModelCost, of model: TextModel
    ) {
        exitLayers = traces.first?.exitLayers ?? []
        textCount = prediction.texts.count
        tokenCount = prediction.tokenCount
        cells = exitLayers.enumerated().flatMap { index, exitLayer in
            draftLengths.map { length in
                prediction.cell(DraftPath(layers: exitLayer), traces.map { $0.agreements[index] }, length)
            }
        }
        lookups = draftLengths.map { prediction.lookups($0) }
        agreements = exitLayers.indices.map { index in prediction.share(of: traces.map { $0.agreements[index] }) }
        self.copies = copies
        self.notes = notes
        vocabulary = TokenRanking(
            writtenIn: prediction.texts.map(\.written), vocabularySize: model.model.vocabularySize)
        plainSecondsPerToken = prediction.plainSecondsPerToken
        self.cost = cost
    }

    /// With more, the measurement would take longer without being much more precise.
    private static let mostCostRounds = 100
}

extension Tuning.Plan {
    /// The numbers of rows of the passes whose cost is measured; those between them are interpolated.
    var passLengths: [Int] {
        let longest = (draftLengths.max() ?? 1) + 1
        return (Array(1...16) + [20, 24, 32, 48, 64, 96, 128]).filter { $0 < longest } + [longest]
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
