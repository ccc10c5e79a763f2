import CheckpointFiles
import LanguageModels
public import ModelTraining
import TensorCore

/// A recipe with its model and data opened and checked, ready to run or to estimate memory and time.
///
/// ```swift
/// let session = try TrainingSession(recipe)
/// let outcome = try session.run { event in
///     if case .step(let step) = event { print(step.step, step.loss) }
/// }
/// ```
public struct TrainingSession: Sendable {
    /// The recipe that runs: the given one, with a packing and a mask, and with `~` in paths replaced by the home
    /// folder.
    public let recipe: TrainingRecipe
    /// The training data.
    public let training: BatchSampler
    /// The validation data; nil without validation.
    public let validation: BatchSampler?
    /// The number of validation documents that are also trained on, token for token; 0 if a run is resumed, whose data
    /// was compared when it began.
    public private(set) var sharedDocumentCount = 0
    /// A note for people if the recipe's start no longer exists and the run resumes without it; otherwise nil.
    public let missingStartNote: String?
    /// Notes for people on what had to be assumed about the model that the run starts from, or its tokenizer.
    public var startNotes: [String] { start.notes }
    /// The number of layers of the model in training.
    package var layerCount: Int { start.configuration.layerCount }
    /// The number of tokens that the matrix behind a new exit block is fitted to before the first step, which takes as
    /// long as a forward pass over them; 0 if none is fitted.
    package let fittedTokenCount: Int
    private let start: TrainingStart
    private let sampleWriter: TrainingRun.SampleWriter?
    private let compute: ComputeContext

    /// The number of threads of a process that shares its computer with others of its group.
    ///
    /// - Throws: if another process has failed.
    package static func threads(in processes: any ProcessGroup) throws -> Int {
        try max(1, physicalCoreCount() / processes.processesSharing(allowedProcessors))
    }

    /// Opens a recipe's model and data. Nothing is written yet.
    ///
    /// - Parameters:
    ///   - recipe: the recipe to run.
    ///   - inputs: other files that are read, such as the recipe's. The run must not replace one of them, or one that
    ///     the recipe names.
    ///   - defaultModel: opens the model that `model.start: default` in a recipe refers to, such as
    ///     `Checkpoint.defaultModel` of `LayerSkipDefaultModel`.
    /// - Throws: ``RecipeError`` if the recipe contradicts itself or the model; ``CheckpointError``, ``TokenizerError``
    ///   or ``FileError`` if a file cannot be read, is damaged, or belongs to another tokenizer.
    public init(
        _ recipe: TrainingRecipe, inputs: InputFiles = InputFiles(),
        defaultModel: (() throws(CheckpointError) -> Checkpoint)? = nil
    ) throws {
        try self.init(recipe, inputs: inputs, threads: nil, defaultModel: defaultModel)
    }

    /// The same, with the number of threads if the recipe states none.
    package init(
        _ recipe: TrainingRecipe, inputs: InputFiles, threads: Int?,
        defaultModel: (() throws(CheckpointError) -> Checkpoint)?
    ) throws {
        var recipe = try recipe.expandingHome()
        try recipe.check()
        let files = try DataFiles(recipe)
        var inputs = inputs
        inputs.add(recipe.inputs(files))
        try RunFolder.check(recipe.output, leavesAlone: inputs)
        let shards = try Self.shards(files.training.flatMap(\.self))
        let resumed = try TrainingStart.resuming(recipe, shards: shards)
        var start = try resumed?.start ?? TrainingStart(recipe, shards: shards, defaultModel: defaultModel)
        try start.openTeacher(of: recipe, defaultModel: defaultModel)
        self.start = start
        missingStartNote = resumed?.note
        try recipe.check(
            layerCount: start.configuration.layerCount, contextLength: start.configuration.contextLength)
        sampleWriter = try start.sampleWriter(recipe)
        let layout = RunFolder.layout(recipe.output)
        let packing = recipe.data.packing ?? layout?.packing ?? .standard(for: shards)
        let mask = recipe.data.mask ?? layout?.mask ?? .standard(for: packing)
        (recipe.data.packing, recipe.data.mask) = (packing, mask)
        let length = recipe.batch.length
        training = try BatchSampler(
            shards, length: length, packing: packing, mask: mask, parts: files.parts(recipe.data.weights),
            seed: UInt64(recipe.seed))
        fittedTokenCount = layout == nil ? start.fittedTokenCount(recipe, training) : 0
        try recipe.countSteps(sequencesPerEpoch: training.sequencesPerEpoch)
        if recipe.validation.every > 0 {
            // The same sequences for every seed, so that runs can be compared, and all tokens, including tails.
            let validationShards = try Self.shards(files.validation)
            for shard in validationShards {
                try shard.check(tokenizerFingerprint: start.tokenizerFingerprint, vocabularySize: start.vocabularySize)
            }
            // A run of an older version may have begun so.
            if layout == nil {
                try DataFiles.checkApart(training: shards, validation: validationShards)
                sharedDocumentCount = try TokenShard.sharedDocumentCount(of: validationShards, in: shards)
            }
            validation = try BatchSampler(
                validationShards, length: length, packing: packing, mask: mask, keepsTails: true, seed: 0)
        } else {
            validation = nil
        }
        self.recipe = recipe
        compute = try ComputeContext(
            threads: recipe.threads ?? threads, recycledBytes: 2 << 30, productPrecision: recipe.precision)
    }

    private static func shards(_ paths: [String]) throws(FileError) -> [TokenShard] {
        try paths.map { (path) throws(FileError) in try TokenShard(path: path) }
    }

    /// Runs the recipe to its end. If its folder has checkpoints, the run resumes from the newest.
    ///
    /// - Parameters:
    ///   - onEvent: receives steps, validations and checkpoints.
    ///   - onStart: receives the point where the run begins.
    ///   - shouldStop: called often. When it returns true, the run ends soon, with a checkpoint.
    /// - Throws: ``RecipeError`` if the recipe is not the one that the run began with; ``CheckpointError`` or
    ///   ``FileError`` if files cannot be read or written; ``TrainingError`` if numbers are no longer finite, which
    ///   leaves the last checkpoint unchanged.
    public func run(
        onEvent: (TrainingEvent) throws -> Void = { _ in }, onStart: (TrainingOrigin) -> Void = { _ in },
        shouldStop: () -> Bool = { false }
    ) throws -> TrainingOutcome {
        try run(in: SingleProcess(), onEvent: onEvent, onStart: onStart, shouldStop: shouldStop)
    }

    /// Runs the recipe in one of several processes, which all call this. Only the first receives events.
    package func run(
        in processes: any ProcessGroup, onEvent: (TrainingEvent) throws -> Void, onStart: (TrainingOrigin) -> Void,
        shouldStop: () -> Bool
    ) throws -> TrainingOutcome {
        var run = try processes.firstAlone {
            try TrainingRun(
                recipe, from: start, training: training, validation: validation, samples: sampleWriter,
                on: compute, processes: processes)
        }
        if processes.size > 1 { try processes.check(run.facts(version: layerSkipVersion)) }
        if processes.rank == 0 { onStart(run.origin) }
        return try run.run(shouldStop: shouldStop, onEvent: onEvent)
    }

    /// Runs a few steps without writing anything, and estimates the run's memory and time.
    ///
    /// - Throws: ``TrainingError``, ``CheckpointError`` or ``FileError``.
    public func estimate() throws -> TrainingEstimate {
        try TrainingEstimate(
            recipe, from: start, training: training, validation: validation, on: compute)
    }
}
