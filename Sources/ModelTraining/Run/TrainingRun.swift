import CheckpointFiles
package import LanguageModels
package import TensorCore

/// A training run from its start or newest checkpoint to its last step, with validations, checkpoints, `metrics.jsonl`
/// and `report.html`.
///
/// If several processes train together, the first writes all files and measures the validation losses.
package struct TrainingRun {
    /// The state of the checkpoint that the run resumes; nil for a new run.
    private let beginning: TrainingState?
    /// Notes for people on checkpoints that are not used.
    private let resumptionNotes: [String]
    private var trainer: Trainer<LoadedModel>
    private let start: TrainingStart
    private let arithmetic: String
    /// The adapter, and the hash of the weights that it is for; nil unless LoRA is trained.
    private let adapter: (description: AdapterDescription, base: String)?
    /// The hash of the teacher's weights; nil if there is none.
    private let teacher: String?
    /// The contents of the shards.
    private let contents: DataContents
    private let folder: RunFolder
    private let validator: Validator?
    /// `metrics.jsonl`; nil in processes other than the first.
    private let log: LineLog?
    /// The same for TensorBoard.
    private let events: EventFile?
    private let writeSamples: SampleWriter?
    private var metrics: [TrainingMetrics]
    private let unreadableLines: Int
    /// The step of the newest checkpoint; 0 if there is none.
    private var savedStep: Int

    private var recipe: TrainingRecipe { trainer.recipe }
    private var processes: any ProcessGroup { trainer.processes }
    private var isFirst: Bool { processes.rank == 0 }

    /// Prepares a run. If its folder has checkpoints, the run resumes from the newest.
    ///
    /// - Throws: ``RecipeError`` if the recipe does not fit the model or has changed; ``CheckpointError`` or
    ///   ``FileError`` if files cannot be read or written; ``TrainingError/nothingToTrain``.
    package init(
        _ recipe: TrainingRecipe, from start: TrainingStart, training: any BatchSource,
        validation: (any BatchSource)?, samples: SampleWriter? = nil, on compute: ComputeContext,
        processes: any ProcessGroup = SingleProcess()
    ) throws {
        self.start = start
        writeSamples = samples
        folder = try processes.rank == 0 ? RunFolder(recipe.output) : RunFolder(reading: recipe.output)
        arithmetic = compute.kernels.arithmetic(recipe.precision)
        adapter = try start.adapter(recipe).map { ($0, start.weightsHash) }
        teacher = start.teacher?.contentHash
        let point = try ResumePoint(folder, recipe)
        beginning = point.state
        let step = beginning?.step ?? 0
        savedStep = step
        resumptionNotes = point.notes(folder)
        if let adapter, let beginning, beginning.base != adapter.base {
            throw RecipeError(
                key: "model.start",
                expected: "the base model that the run began with, of hash \(beginning.base ?? "none")",
                found: "one of hash \(adapter.base)")
        }
        if let beginning, beginning.teacher != teacher {
            func text(_ hash: String?) -> String { hash.map { "one of hash \($0)" } ?? "none" }
            throw RecipeError(
                key: "exits.teacher",
                expected: "the teacher that the run began with, \(text(beginning.teacher)) (for another, use another "
                    + "output)",
                found: text(teacher))
        }
        contents = DataContents(
            training: training.contents, validation: validation?.contents, parts: training.parts)
        trainer = try Self.trainer(
            recipe, start, folder: folder, from: point, data: training, contents, on: compute, processes)
        validator = validation.map { Validator(recipe, data: $0) }
        guard processes.rank == 0 else {
            log = nil
            events = nil
            metrics = []
            unreadableLines = 0
            return
        }
        try point.clear(folder)
        // A run may have been killed directly after it wrote a checkpoint.
        try folder.keep(newest: recipe.checkpoints.keep, and: recipe.stepsBeforeDecay)
        // Drops measurements after the checkpoint, which will be repeated. Keeps lines that are not measurements, since
        // the run did not write them.
        var kept: [TrainingMetrics] = []
        var unreadable = 0
        let layerCount = start.configuration.layerCount
        log = try LineLog(path: folder.metrics) { line in
            guard let metrics: TrainingMetrics = JSONText.decode(line: line),
                metrics.isPlausible(layerCount: layerCount)
            else {
                unreadable += 1
                return true
            }
            if metrics.step <= step { kept.append(metrics) }
            return metrics.step <= step
        }
        metrics = kept
        unreadableLines = unreadable
        events = try EventFile(path: folder.events, through: step)
    }

    /// Lets a model continue the recipe's texts; returns nil if it was asked to stop.
    package typealias SampleWriter = @Sendable (_ model: LoadedModel, _ shouldStop: () -> Bool) throws -> [TextSample]?

    /// The number of steps completed.
    package var step: Int { trainer.step }

    /// The point where the run began.
    package var origin: TrainingOrigin {
        guard let beginning else { return TrainingOrigin() }
        var origin = TrainingOrigin(step: beginning.step)
        origin.otherArithmetic = beginning.arithmetic.flatMap { $0 == arithmetic ? nil : $0 }
        origin.isOlderFormat = beginning.format < 2
        origin.hasOtherValidation = beginning.hasOtherValidation(than: contents)
        origin.unreadableLines = unreadableLines
        origin.checkpointNotes = resumptionNotes
        return origin
    }

    /// Runs to the last step.
    ///
    /// - Parameters:
    ///   - shouldStop: called often. When it returns true, the run ends with a checkpoint.
    /// - Throws: as ``Trainer/makeStep(shouldStop:)`` does, or ``FileError`` if something cannot be written.
    package mutating func run(shouldStop: () -> Bool, onEvent: (TrainingEvent) throws -> Void) throws -> TrainingOutcome
    {
        while true {
            // Of several processes, all must reach the next step, where they agree to stop.
            var stops = shouldStop()
            if !stops, isFirst, isValidationDue {
                if let measured = try validate(shouldStop) {
                    try record(.validation(measured))
                    if let samples = try writeSamples?(trainer.model.detached(), shouldStop) {
                        try record(.samples(SampleMetrics(step: step, samples: samples)))
                    }
                    try saveLoss()
                    try onEvent(.validation(measured))
                    try writeReport()
                } else {
                    stops = true
                }
            }
            if stops, processes.size == 1 { break }
            let isLast = step == recipe.steps
            let endsEarly = try !isLast && endsEarly(stops)
            let isDue = step % recipe.checkpoints.every == 0 || step == recipe.stepsBeforeDecay
            if isLast || endsEarly || isDue { try save(onEvent) }
            if endsEarly { return .endedEarly(step: step) }
            if isLast { return stops ? .stopped(step: step) : .finished }
            guard let measured = try trainer.makeStep(shouldStop: { stops || shouldStop() }) else { break }
            guard isFirst else { continue }
            try record(.step(measured))
            try onEvent(.step(measured))
        }
        try save(onEvent)
        return .stopped(step: step)
    }

    private var isValidationStep: Bool {
        let every = recipe.validation.every
        return every > 0 && validator != nil && (step % every == 0 || step == recipe.steps)
    }

    private var isValidationDue: Bool { isValidationStep && validation(after: step) == nil }

    /// Whether the loss has not fallen for so many validations that the run ends. All processes must call it.
    private func endsEarly(_ stops: Bool) throws(ProcessGroupError) -> Bool {
        guard let patience = recipe.validation.patience, isValidationStep else { return false }
        var losses: [Double] = []
        for case .validation(let measured) in metrics { losses.append(measured.lastLoss) }
        let best = losses.indices.min { losses[$0] < losses[$1] }
        let isExhausted = best.map { losses.count - 1 - $0 >= patience } ?? false
        return try processes.collect([isExhausted && !stops ? 1 : 0])[0] == [1]
    }

    private func validation(after step: Int) -> ValidationMetrics? {
        for case .validation(let measured) in metrics.reversed() where measured.step == step { return measured }
        return nil
    }

    private func validate(_ shouldStop: () -> Bool) throws -> ValidationMetrics? {
        try validator?.measure(trainer.model.detached(), step: step, shouldStop: shouldStop)
    }

    private mutating func record(_ measured: TrainingMetrics) throws(FileError) {
        metrics.append(measured)
        try log?.append(JSONText.encode(measured, onOneLine: true))
        try events?.append(measured)
    }

    /// Writes a checkpoint unless this step has one.
    private mutating func save(_ onEvent: (TrainingEvent) throws -> Void) throws {
        guard step > savedStep else { return }
        let path = folder.checkpoint(after: step)
        try TrainingCheckpoint.write(
            to: path, start, model: trainer.model, adapter: adapter?.description, optimizer: trainer.optimizer,
            state: state, processes)
        savedStep = step
        guard isFirst else { return }
        try folder.keep(newest: recipe.checkpoints.keep, and: recipe.stepsBeforeDecay)
        try writeReport()
        try onEvent(.checkpoint(path))
    }

    /// Adds the validation loss to this step's checkpoint, if a stopped run wrote one before the validation. Everything
    /// else in it stays unchanged, including the format.
    private func saveLoss() throws {
        guard step > 0, step == savedStep else { return }
        let path = folder.checkpoint(after: step)
        var state = try TrainingState(checkpoint: path, step: step)
        state.validationLoss = validation(after: step)?.lastLoss
        state.data?.validation = contents.validation
        try JSONText.write(state, to: "\(path)/\(TrainingCheckpoint.Name.state)")
        try folder.keep(newest: recipe.checkpoints.keep, and: recipe.stepsBeforeDecay)
    }

    private var state: TrainingState {
        var state = TrainingState(
            step: step, place: trainer.place, recipe: recipe, tokenizerFingerprint: start.tokenizerFingerprint,
            data: DataContents(
                training: contents.training, validation: contents.validation ?? beginning?.data?.validation,
                parts: contents.parts),
            updates: trainer.fewerUpdates, arithmetic: arithmetic,
            groups: beginning.map { $0.groups } ?? trainer.groupCount,
            validationLoss: validation(after: step)?.lastLoss)
        state.base = adapter?.base
        state.teacher = teacher
        state.weighting = trainer.weights
        return state
    }

    private func writeReport() throws(FileError) {
        let title = recipe.output.split(separator: "/").last.map(String.init) ?? recipe.output
        let page = TrainingReport(title: title, recipe: recipe, metrics).html
        try TextFile.write(Array(page.utf8), to: folder.report)
    }
}

extension TrainingRun {
    /// Creates a trainer at the run's start, or at the checkpoint of a state.
    private static func trainer(
        _ recipe: TrainingRecipe, _ start: TrainingStart, folder: RunFolder, from point: ResumePoint,
        data: any BatchSource, _ contents: DataContents, on compute: ComputeContext, _ processes: any ProcessGroup
    ) throws -> Trainer<LoadedModel> {
        let configuration = start.configuration
        try recipe.check(layerCount: configuration.layerCount, contextLength: configuration.contextLength)
        guard let state = point.state else {
            try recipe.check(processCount: processes.size, groupCount: recipe.groupCount)
            return Trainer(
                recipe, model: try start.model(recipe, fitting: data, on: compute),
                teacher: try start.teacherModel(on: compute),
                data: data, processes: processes)
        }
        let path = folder.checkpoint(after: state.step)
        try state.check(recipe, data, contents, tokenizerFingerprint: start.tokenizerFingerprint, path: path)
        let groupCount = state.groups ?? 1
        try recipe.check(processCount: processes.size, groupCount: groupCount)
        if recipe.exits.weighting == .learned {
            try state.checkWeighting(
                exits: recipe.exits.constantCount(layerCount: configuration.layerCount), path: path)
        }
        let model = try start.model(checkpoint: path, recipe, on: compute)
        let moments = try TrainingCheckpoint.moments(in: path, of: model.parameters, state, processes)
        if !point.isIntact { try TrainingCheckpoint.checkHashes(in: path, state) }
        return Trainer(
            recipe, model: model, teacher: try start.teacherModel(on: compute), data: data, moments: moments,
            weights: state.weighting, step: state.step, place: state.place,
            groupCount: groupCount, processes: processes)
    }
}

extension TrainingRun {
    /// What must be the same in all processes, by name.
    package func facts(version: String) -> [(name: String, value: String)] {
        var facts = [("version of layerskip", version), ("kernels", arithmetic)]
        let shared = RecipeKey.schedule + ["checkpoints.every", "validation.every", "validation.patience"]
        facts += RecipeKey.all.filter { $0.isFixed || shared.contains($0.path) }.map {
            ($0.path, $0.value(in: recipe).map { "\($0)" } ?? "nothing")
        }
        facts.append(("contents of data.training", contents.training.summary))
        if let adapter { facts.append(("weights below the adapter (hash)", adapter.base)) }
        if let teacher { facts.append(("weights of the teacher (hash)", teacher)) }
        facts.append(("step of the newest checkpoint", "\(step)"))
        let hash = trainer.model.parameters.reduce(into: FowlerNollVo()) { hash, parameter in
            for sum in parameter.compute.sumsOfSquares(parameter.values.detached()) {
                for shift in stride(from: 0, to: 64, by: 8) {
                    hash.add(UInt8(truncatingIfNeeded: sum.bitPattern >> shift))
                }
            }
        }
        facts.append(("weights at the start (hash)", String(hash.value, radix: 16)))
        return facts
    }
}
