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
    /// The model that exits imitate; nil if they imitate none, or the last layer of the model itself.
    private let teacher: Model?
    package private(set) var optimizer: AdamW
    /// The number of steps completed.
    package private(set) var step: Int
    /// The next sequence to train on.
    package private(set) var place: DataPlace
    /// The number of groups of a step's sequences whose gradients are summed separately.
    package let groupCount: Int
    /// The processes that share the groups.
    package let processes: any ProcessGroup
    private let source: any BatchSource
    private var objective: Objective
    private let groups: SequenceGroups
    private let rounds: [SequenceGroups.Round]
    private var totals: GradientTotals

    /// Creates a trainer at the first step or, with moments, step and place, where another one stopped.
    ///
    /// - Parameters:
    ///   - teacher: the model that the recipe's exits imitate, with plain weights; nil if there is none.
    ///   - moments: those of this process's part of each parameter.
    ///   - weights: the network of learned weights; nil for a new one.
    ///   - groupCount: the number of groups; nil for the recipe's. The number of processes must divide it.
    ///   - elementsPerBucket: the number of elements that each process sends to each other one at a time. By default,
    ///     enough that messages move at full speed, and few enough that memory for those of all processes is small.
    package init(
        _ recipe: TrainingRecipe, model: Model, teacher: Model? = nil, data source: any BatchSource,
        moments: [AdamW.Moments] = [],
        weights: WeightNetwork? = nil, step: Int = 0, place: DataPlace = DataPlace(), groupCount: Int? = nil,
        processes: any ProcessGroup = SingleProcess(), elementsPerBucket: Int = 1 << 20
    ) {
        precondition(source.length == recipe.batch.length, "the recipe's length")
        self.recipe = recipe
        self.model = model
        self.teacher = teacher
        self.source = source
        self.step = step
        self.place = place
        let settings = recipe.optimizer
        optimizer = AdamW(
            betas: (settings.beta1, settings.beta2), epsilon: settings.epsilon, weightDecay: settings.weightDecay)
        let groupCount = groupCount ?? recipe.groupCount
        precondition(groupCount % processes.size == 0, "as many groups for each process")
        self.groupCount = groupCount
        self.processes = processes
        groups = SequenceGroups(
            count: groupCount, sequences: recipe.batch.sequencesPerStep, sequencesPerBatch: recipe.batch.sequences)
        let parameters = model.parameters
        totals = GradientTotals(parameters, groups: groups, processes, elementsPerBucket: elementsPerBucket)
        rounds = groups.rounds(of: processes.rank, of: processes.size, most: totals.mostGroupsTogether)
        let shards = GradientShards(parameters.map(\.count), processes: processes.size)
        optimizer.resume(
            step > 0 ? moments : shards.ranges[processes.rank].map { AdamW.Moments(count: $0.count) })
        objective = Objective(dropout: recipe.dropout, exits: recipe.exits, recompute: recipe.recompute)
        if recipe.exits.weighting == .learned {
            let exits = recipe.exits.constantCount(layerCount: model.layerCount)
            objective.network = weights ?? WeightNetwork(exits: exits, seed: UInt64(recipe.seed))
        }
    }

    /// The network of learned weights; nil if weights are not learned.
    package var weights: WeightNetwork? { objective.network }

    /// The number of gradients of each parameter that had fewer than there were steps.
    package var fewerUpdates: [String: Int] {
        zip(model.parameters, optimizer.moments).reduce(into: [:]) { counts, pair in
            if pair.1.updates < step { counts[pair.0.name] = pair.1.updates }
        }
    }

    /// Makes one step.
    ///
    /// - Parameter shouldStop: called between batches. If it returns true in one process, all abandon the step.
    /// - Returns: the step's measurements; nil if it was abandoned.
    /// - Throws: ``TrainingError`` if loss or gradients are not finite, which leaves the model unchanged; ``FileError``
    ///   if the data is damaged; ``ProcessGroupError`` if another process has failed.
    package mutating func makeStep(shouldStop: () -> Bool = { false }) throws -> StepMetrics? {
        let stopwatch = Stopwatch()
        let parameters = model.parameters
        defer { parameters.forEach { $0.discardGradient() } }
        let (batches, scored) = try readBatches()
        let (model, teacher, objective) = (model, teacher, objective)
        let moment = LayerDropout.Step(
            seed: UInt64(recipe.seed), step: step, of: recipe.steps, layerCount: model.layerCount)
        var found: [Objective.Losses] = []
        totals.begin()
        for (round, batches) in zip(rounds, batches) {
            var losses = Array(repeating: Objective.Losses(), count: round.groups)
            func run(_ batch: [GroupPart]) {
                let found = objective.addGradients(
                    of: batch, to: model, teacher: teacher, scored: scored, at: moment)
                for group in found.indices { losses[group] += found[group] }
            }
            totals.begin(round)
            var stops = false
            for batch in batches.dropLast() where !stops {
                stops = shouldStop()
                if !stops { run(batch) }
            }
            let isComplete = try totals.addGradients(of: round, isAbandoned: stops || shouldStop()) {
                run(batches[batches.count - 1])
            }
            if !isComplete { return nil }
            found += losses
        }
        let losses = try processes.sum(found)
        let parts = totals.parts
        let norm = try totals.norm(parts)
        guard losses.total.isFinite, norm.isFinite else {
            throw TrainingError.notFinite(step: step + 1, place: place, loss: losses.total, norm: norm)
        }
        let clip = recipe.optimizer.clip
        let rate = recipe.rate.rate(step: step, of: recipe.steps)
        let scale = clip > 0 && norm > clip ? clip / norm : 1
        let learnsWeights = objective.network != nil && step % recipe.exits.weightingEvery == 0
        let learner = learnsWeights ? WeightLearner(objective, model, teacher: teacher) : nil
        try totals.updateWeights(parts) { index in
            optimizer.update(parameters[index], index, by: parts[index], learningRate: rate, gradientScale: scale)
        }
        let next = source.place(after: place, sequences: recipe.batch.sequencesPerStep)
        if let learner, var network = objective.network, let parts = batches.first?.first {
            // Sequences that the model has not learned yet.
            let other = try source.batch(at: next, sequences: recipe.batch.sequences)
            learner.train(&network, on: parts, other: other, at: moment)
            self.objective.network = network
        }
        step += 1
        place = next
        return StepMetrics(
            step: step, loss: losses.total, lastLoss: recipe.exits.measuresLast ? losses.last : nil, norm: norm,
            rate: rate,
            tokens: step * recipe.batch.tokensPerStep,
            tokensPerSecond: Double(recipe.batch.tokensPerStep) / stopwatch.seconds)
    }

    /// Reads the step's sequences.
    ///
    /// - Returns: the batches of each of this process's rounds; and the number of scored targets of all processes, at
    ///   least 1.
    private func readBatches() throws(FileError) -> (rounds: [[[GroupPart]]], scored: Int) {
        var parts: [Range<Int>: GroupPart] = [:]
        var scored = 0
        for group in 0..<groups.count {
            for range in groups.batches(of: group) {
                let batch = try source.batch(
                    at: source.place(after: place, sequences: range.lowerBound), sequences: range.count)
                scored += batch.scoredCount
                if group % processes.size == processes.rank {
                    parts[range] = GroupPart(batch: batch, first: range.lowerBound)
                }
            }
        }
        return (rounds.map { $0.batches.map { $0.compactMap { parts[$0] } } }, max(1, scored))
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
