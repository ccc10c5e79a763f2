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
    /// What is run.
    public let recipe: TrainingRecipe
    private let start: TrainingStart
    private let training: BatchSampler
    private let validation: BatchSampler?
    private let compute: ComputeContext

    /// Opens a recipe's model and data. Nothing is written yet.
    ///
    /// - Parameters:
    ///   - recipe: what is run.
    ///   - inputs: other files that are read, such as the recipe's own: the run's folder must not be where it would replace
    ///     one of them, or one that the recipe names.
    /// - Throws: ``RecipeError`` where the recipe contradicts itself or the model; ``CheckpointError`` or
    ///   ``TokenizerError`` where a file cannot be read, is damaged, or is of another tokenizer.
    public init(_ recipe: TrainingRecipe, inputs: InputFiles = InputFiles()) throws {
        try recipe.check()
        var inputs = inputs
        inputs.add(recipe.inputs)
        try RunFolder.check(recipe.output, leavesAlone: inputs)
        self.recipe = recipe
        start = try TrainingStart(recipe)
        try recipe.check(
            layerCount: start.configuration.layerCount, contextLength: start.configuration.contextLength)
        training = try Self.sampler(recipe.data.training, recipe, start, seed: UInt64(recipe.seed))
        // The same sequences for every seed, so that runs can be compared.
        validation =
            recipe.validation.every > 0 ? try Self.sampler(recipe.data.validation, recipe, start, seed: 0) : nil
        compute = try ComputeContext(
            threads: recipe.threads, recycledBytes: 2 << 30, productPrecision: recipe.precision)
    }

    private static func sampler(
        _ paths: [String], _ recipe: TrainingRecipe, _ start: TrainingStart, seed: UInt64
    ) throws(CheckpointError) -> BatchSampler {
        var shards: [TokenShard] = []
        for path in paths {
            let shard = try TokenShard(path: path)
            try shard.check(tokenizerFingerprint: start.tokenizerFingerprint, vocabularySize: start.vocabularySize)
            shards.append(shard)
        }
        return try BatchSampler(shards, length: recipe.batch.length, packing: recipe.data.packing, seed: seed)
    }

    /// Runs the recipe to its end. Where its folder has a checkpoint, the run goes on from the newest.
    ///
    /// - Parameters:
    ///   - shouldStop: is asked often; where it says yes, the run ends soon, with a checkpoint.
    ///   - onStart: is told where the run begins.
    ///   - onEvent: is told what happens.
    /// - Throws: ``RecipeError`` where the recipe is not the one that the run began with; ``CheckpointError`` where files
    ///   cannot be read or written; ``TrainingError`` where numbers stop being finite. The last checkpoint is then as it
    ///   was.
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
    /// - Throws: ``TrainingError`` or ``CheckpointError``.
    public func estimate() throws -> TrainingEstimate {
        try TrainingEstimate(
            recipe, from: start, training: training, validation: validation, on: compute)
    }
}
