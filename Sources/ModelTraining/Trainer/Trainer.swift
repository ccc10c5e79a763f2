import CheckpointFiles
package import LanguageModels
import TensorCore

/// A model in training, with its optimizer and its place in the data. It only makes steps; ``TrainingRun`` handles
/// files and intervals.
///
/// All randomness is a function of seed and step, so the whole state is the model, moments, step and place.
package struct Trainer<Model: TrainableModel> {
    package let recipe: TrainingRecipe
    package let model: Model
    package private(set) var optimizer: AdamW
    /// The number of steps completed.
    package private(set) var step: Int
    /// The next sequence to train on.
    package private(set) var place: DataPlace
    private let source: any BatchSource
    private let objective: Objective

    /// Creates a trainer at the first step or, with moments, step and place, where another one stopped.
    package init(
        _ recipe: TrainingRecipe, model: Model, data source: any BatchSource, moments: [AdamW.Moments] = [],
        step: Int = 0, place: DataPlace = DataPlace()
    ) {
        precondition(source.length == recipe.batch.length, "the recipe's length")
        self.recipe = recipe
        self.model = model
        self.source = source
        self.step = step
        self.place = place
        let settings = recipe.optimizer
        optimizer = AdamW(
            betas: (settings.beta1, settings.beta2), epsilon: settings.epsilon, weightDecay: settings.weightDecay)
        if step > 0 { optimizer.resume(moments) }
        objective = Objective(dropout: recipe.dropout, exits: recipe.exits, recompute: recipe.recompute)
    }

    /// The number of gradients of each parameter that had fewer than there were steps.
    package var fewerUpdates: [String: Int] {
        zip(model.parameters, optimizer.moments).reduce(into: [:]) { counts, pair in
            if pair.1.updates < step { counts[pair.0.name] = pair.1.updates }
        }
    }

    /// Makes one step.
    ///
    /// - Parameter shouldStop: called between batches. If it returns true, the step is abandoned.
    /// - Returns: the step's measurements; nil if it was abandoned.
    /// - Throws: ``TrainingError`` if loss or gradients are not finite, which leaves the model unchanged; ``FileError``
    ///   if the data is damaged.
    package mutating func makeStep(shouldStop: () -> Bool = { false }) throws -> StepMetrics? {
        let stopwatch = Stopwatch()
        defer { model.parameters.forEach { $0.discardGradient() } }
        let (batches, next) = try readBatches()
        let scored = max(1, batches.reduce(0) { $0 + $1.scoredCount })
        let moment = LayerDropout.Step(
            seed: UInt64(recipe.seed), step: step, of: recipe.steps, layerCount: model.layerCount)
        var losses = Objective.Losses()
        for (index, batch) in batches.enumerated() {
            if shouldStop() { return nil }
            losses += objective.addGradients(
                of: batch, to: model, first: index * recipe.batch.sequences, scored: scored, at: moment)
        }
        let norm = model.parameters.reduce(0) { $0 + $1.gradientSquares }.squareRoot()
        guard losses.total.isFinite, norm.isFinite else {
            throw TrainingError.notFinite(step: step + 1, place: place, loss: losses.total, norm: norm)
        }
        let clip = recipe.optimizer.clip
        let rate = recipe.rate.rate(step: step, of: recipe.steps)
        optimizer.step(
            model.parameters, learningRate: rate, gradientScale: clip > 0 && norm > clip ? clip / norm : 1)
        step += 1
        place = next
        return StepMetrics(
            step: step, loss: losses.total, lastLoss: losses.last, norm: norm, rate: rate,
            tokens: step * recipe.batch.tokensPerStep,
            tokensPerSecond: Double(recipe.batch.tokensPerStep) / stopwatch.seconds)
    }

    /// Reads the step's batches, and returns them with the place after them.
    private func readBatches() throws(FileError) -> ([TrainingBatch], DataPlace) {
        var next = place
        var batches: [TrainingBatch] = []
        for _ in 0..<recipe.batch.accumulation {
            batches.append(try source.batch(at: next, sequences: recipe.batch.sequences))
            next = source.place(after: next, sequences: recipe.batch.sequences)
        }
        return (batches, next)
    }
}

/// A reason why training cannot continue.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The loss or a gradient is NaN or infinite. The step was not applied.
    case notFinite(step: Int, place: DataPlace, loss: Double, norm: Double)
    /// Logits on the validation data are not finite.
    case notFiniteValidation(step: Int, exit: Int)
    /// All weights are frozen.
    case nothingToTrain

    public var description: String {
        switch self {
        case .notFinite(let step, let place, let loss, let norm):
            "step \(step), \(place): expected a finite loss and gradient, found "
                + "loss \(loss) and norm \(norm) (the last checkpoint is unchanged); "
                + "train again with a lower optimizer.rate, or a longer warmup"
        case .notFiniteValidation(let step, let exit):
            "validation after step \(step), exit \(exit): expected finite logits, found NaN or infinity; "
                + "train again with a lower optimizer.rate"
        case .nothingToTrain: "freeze: expected weights that are not frozen, found none; freeze fewer parts"
        }
    }
}
