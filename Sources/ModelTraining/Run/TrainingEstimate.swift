import LanguageModels
package import TensorCore

/// What a run will take, from a few steps that were made for it.
public struct TrainingEstimate: Sendable, Equatable {
    /// Weights of the model.
    public let parameterCount: Int
    /// Those of them that learn.
    public let trainedCount: Int
    /// Bytes of weights, gradients and moments.
    public let stateByteCount: Int
    /// The most bytes that the process had while it made the steps; 0 where the system does not tell.
    public let peakByteCount: Int
    /// Tokens of all steps.
    public let tokenCount: Int
    /// How often all of the data is seen.
    public let epochs: Double
    /// Seconds of one step.
    public let secondsPerStep: Double
    /// Seconds of all validations together.
    public let validationSeconds: Double

    /// Seconds of the whole run.
    public var totalSeconds: Double { secondsPerStep * Double(steps) + validationSeconds }
    /// Tokens a second while it learns.
    public var tokensPerSecond: Double { Double(tokenCount) / Double(steps) / secondsPerStep }

    private let steps: Int

    /// Makes steps of a recipe and forgets them.
    ///
    /// - Throws: ``TrainingError`` or ``FileError``, as the run itself would.
    package init(
        _ recipe: TrainingRecipe, from start: TrainingStart, training: any BatchSource,
        validation: (any BatchSource)?, on compute: ComputeContext
    ) throws {
        let model = try start.model(recipe, on: compute)
        var trainer = Trainer(recipe, model: model, data: training)
        // The first step pays for memory that the others use again. The fastest of the rest was disturbed least.
        var seconds = Double.infinity
        for index in 0..<min(recipe.steps, 4) {
            let stopwatch = Stopwatch()
            _ = try trainer.makeStep()
            if index > 0 || recipe.steps == 1 { seconds = min(seconds, stopwatch.seconds) }
        }
        steps = recipe.steps
        secondsPerStep = seconds
        validationSeconds = try Self.validationSeconds(recipe, model.detached(), validation)
        parameterCount = model.tensors.reduce(0) { $0 + $1.values.rows * $1.values.columns }
        trainedCount = model.parameters.reduce(0) { $0 + $1.count }
        stateByteCount = MemoryLayout<Float>.stride * (parameterCount + 3 * trainedCount)
        peakByteCount = peakMemoryByteCount()
        tokenCount = recipe.steps * recipe.batch.tokensPerStep
        let sequences = recipe.steps * recipe.batch.sequences * recipe.batch.accumulation
        epochs = Double(sequences) / Double(training.sequencesPerEpoch)
    }

    /// One batch is measured and taken for all.
    private static func validationSeconds(
        _ recipe: TrainingRecipe, _ model: some TrainableModel, _ source: (any BatchSource)?
    ) throws -> Double {
        let every = recipe.validation.every
        guard let source, every > 0 else { return 0 }
        var one = recipe
        one.validation.batches = 1
        let stopwatch = Stopwatch()
        _ = try Validator(one, data: source).measure(model, step: 0) { false }
        let batches = Validator(recipe, data: source).batches
        // At the start, every so many steps, and at the end.
        return stopwatch.seconds * Double(batches) * Double(1 + (recipe.steps + every - 1) / every)
    }
}
