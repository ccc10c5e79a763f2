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
    /// - Throws: ``RecipeError`` where the recipe contradicts itself or the model; ``CheckpointError`` or
    ///   ``TokenizerError`` where a file cannot be read, is damaged, or is of another tokenizer.
    public init(_ recipe: TrainingRecipe) throws {
        try recipe.check()
        self.recipe = recipe
        let shards = try Self.shards(recipe.data.training)
        start = try TrainingStart(recipe, shards: shards)
        try recipe.check(
            layerCount: start.configuration.layerCount, contextLength: start.configuration.contextLength)
        training = try Self.sampler(shards, recipe, start, seed: UInt64(recipe.seed))
        // The same sequences for every seed, so that runs can be compared.
        validation =
            recipe.validation.every > 0
            ? try Self.sampler(Self.shards(recipe.data.validation), recipe, start, seed: 0) : nil
        compute = try ComputeContext(
            threads: recipe.threads, recycledBytes: 2 << 30, productPrecision: recipe.precision)
    }

    private static func shards(_ paths: [String]) throws(CheckpointError) -> [TokenShard] {
        try paths.map { (path) throws(CheckpointError) in try TokenShard(path: path) }
    }

    private static func sampler(
        _ shards: [TokenShard], _ recipe: TrainingRecipe, _ start: TrainingStart, seed: UInt64
    ) throws(CheckpointError) -> BatchSampler {
        for shard in shards {
            try shard.check(tokenizerFingerprint: start.tokenizerFingerprint, vocabularySize: start.vocabularySize)
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
