import CheckpointFiles
import LanguageModels
public import ModelTraining
import TensorCore

/// A recipe with all that it names opened and checked: ready to run, or to say what that would take.
///
/// ```swift
/// let session = try TrainingSession(recipe)
/// let outcome = try session.run { event in
///     if case .step(let step) = event { print(step.step, step.loss) }
/// }
/// ```
public struct TrainingSession: Sendable {
    /// What is run: the recipe that was opened, with a packing, and with `~` in paths replaced by the home folder.
    public let recipe: TrainingRecipe
    /// What is learned from.
    public let training: BatchSampler
    /// What is measured on; nil where nothing is.
    public let validation: BatchSampler?
    /// What to tell people where the recipe's start is gone and the run is resumed without it; nil where it is there.
    public let missingStartNote: String?
    private let start: TrainingStart
    private let compute: ComputeContext

    /// Opens a recipe's model and data. Nothing is written yet.
    ///
    /// - Parameters:
    ///   - recipe: what is run.
    ///   - inputs: other files that are read, such as the recipe's own: the run's folder must not be where it would
    ///     replace one of them, or one that the recipe names.
    ///   - defaultModel: opens the model that the recipe's `model.start: default` stands for, such as
    ///     `Checkpoint.defaultModel` of `LayerSkipDefaultModel`.
    /// - Throws: ``RecipeError`` where the recipe contradicts itself or the model; ``CheckpointError``,
    ///   ``TokenizerError`` or ``FileError`` where a file cannot be read, is damaged, or is of another tokenizer.
    public init(
        _ recipe: TrainingRecipe, inputs: InputFiles = InputFiles(),
        defaultModel: (() throws(CheckpointError) -> Checkpoint)? = nil
    ) throws {
        var recipe = try recipe.expandingHome()
        try recipe.check()
        var inputs = inputs
        inputs.add(recipe.inputs)
        try RunFolder.check(recipe.output, leavesAlone: inputs)
        let shards = try Self.shards(recipe.data.training)
        let resumed = try TrainingStart.resuming(recipe, shards: shards)
        start = try resumed?.start ?? TrainingStart(recipe, shards: shards, defaultModel: defaultModel)
        missingStartNote = resumed?.note
        try recipe.check(
            layerCount: start.configuration.layerCount, contextLength: start.configuration.contextLength)
        let packing = recipe.data.packing ?? RunFolder.packing(recipe.output) ?? .standard(for: shards)
        recipe.data.packing = packing
        let length = recipe.batch.length
        training = try BatchSampler(shards, length: length, packing: packing, seed: UInt64(recipe.seed))
        if recipe.validation.every > 0 {
            // The same sequences for every seed, so that runs can be compared; and all tokens, so that the loss is of
            // all.
            let shards = try Self.shards(recipe.data.validation)
            for shard in shards {
                try shard.check(tokenizerFingerprint: start.tokenizerFingerprint, vocabularySize: start.vocabularySize)
            }
            validation = try BatchSampler(shards, length: length, packing: packing, keepsTails: true, seed: 0)
        } else {
            validation = nil
        }
        self.recipe = recipe
        compute = try ComputeContext(
            threads: recipe.threads, recycledBytes: 2 << 30, productPrecision: recipe.precision)
    }

    private static func shards(_ paths: [String]) throws(FileError) -> [TokenShard] {
        try paths.map { (path) throws(FileError) in try TokenShard(path: path) }
    }

    /// Runs the recipe to its end. Where its folder has a checkpoint, it resumes from the newest.
    ///
    /// - Parameters:
    ///   - shouldStop: is asked often; where it says yes, the run ends soon, with a checkpoint.
    ///   - onStart: is told where the run begins.
    ///   - onEvent: is told what happens.
    /// - Throws: ``RecipeError`` where the recipe is not the one that the run began with; ``CheckpointError`` or ``FileError``
    ///   where files cannot be read or written; ``TrainingError`` where numbers stop being finite. The last checkpoint is
    ///   then as it was.
    public func run(
        shouldStop: () -> Bool = { false }, onStart: (TrainingOrigin) -> Void = { _ in },
        onEvent: (TrainingEvent) throws -> Void = { _ in }
    ) throws -> TrainingOutcome {
        var run = try TrainingRun(recipe, from: start, training: training, validation: validation, on: compute)
        onStart(run.origin)
        return try run.run(shouldStop: shouldStop, onEvent: onEvent)
    }

    /// Makes a few steps without writing anything, and says what all of them will take.
    ///
    /// - Throws: ``TrainingError``, ``CheckpointError`` or ``FileError``.
    public func estimate() throws -> TrainingEstimate {
        try TrainingEstimate(
            recipe, from: start, training: training, validation: validation, on: compute)
    }
}
