import LanguageModels
package import TensorCore

/// An estimate of a run's memory and time, measured on a few steps.
public struct TrainingEstimate: Sendable, Equatable {
    /// The number of weights in the model.
    public let parameterCount: Int
    /// The number of weights that are trained.
    public let trainedCount: Int
    /// The size of weights, gradients, their sum over groups, and moments in bytes, without the teacher's weights.
    public let stateByteCount: Int
    /// The size of the teacher's weights in bytes; 0 without a teacher.
    public let teacherByteCount: Int
    /// The process's peak memory in bytes since it started, the estimate's steps included; 0 if the system does not
    /// report it.
    public let peakByteCount: Int
    /// The number of tokens in all steps.
    public let tokenCount: Int
    /// The number of passes over the data.
    public let epochs: Double
    /// The duration of a step.
    public let secondsPerStep: Double
    /// The duration of all validations together.
    public let validationSeconds: Double

    /// The duration of the whole run.
    public var totalSeconds: Double { secondsPerStep * Double(steps) + validationSeconds }
    /// The training throughput, without validation.
    public var tokensPerSecond: Double { Double(tokenCount) / Double(steps) / secondsPerStep }

    private let steps: Int

    /// Runs a few steps of a recipe and discards their result.
    ///
    /// - Throws: ``TrainingError`` or ``FileError``, as the run itself would.
    package init(
        _ recipe: TrainingRecipe, from start: TrainingStart, training: any BatchSource,
        validation: (any BatchSource)?, on compute: ComputeContext
    ) throws {
        let model = try start.model(recipe, on: compute)
        let teacher = try start.teacherModel(on: compute)
        var trainer = Trainer(recipe, model: model, teacher: teacher, data: training)
        // The first step allocates memory that the others reuse. The fastest of the rest was disturbed least.
        var seconds = Double.infinity
        for index in 0..<min(recipe.steps, 4) {
            let stopwatch = Stopwatch()
            _ = try trainer.makeStep()
            if index > 0 || recipe.steps == 1 { seconds = min(seconds, stopwatch.seconds) }
        }
        steps = recipe.steps
        secondsPerStep = seconds
        validationSeconds = try Self.validationSeconds(recipe, model.detached(), validation)
        trainedCount = model.parameters.reduce(0) { $0 + $1.count }
        let adapterCount = recipe.lora.rank == nil ? 0 : trainedCount
        parameterCount = start.stored(recipe).weightCount + adapterCount
        let copies = trainer.groupCount > 1 ? 4 : 3
        stateByteCount = model.weightByteCount + MemoryLayout<Float>.stride * (adapterCount + copies * trainedCount)
        teacherByteCount = teacher?.weightByteCount ?? 0
        peakByteCount = peakMemoryByteCount()
        tokenCount = recipe.steps * recipe.batch.tokensPerStep
        let sequences = recipe.steps * recipe.batch.sequences * recipe.batch.accumulation
        epochs = Double(sequences) / Double(training.sequencesPerEpoch)
    }

    /// Measures one batch and multiplies by the number of batches.
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
        // At the start, every `every` steps, and at the end.
        return stopwatch.seconds * Double(batches) * Double(1 + (recipe.steps + every - 1) / every)
    }
}
