import LanguageModels
import TensorCore

/// The training of a ``WeightNetwork``: its weights should be such that a step of the model lowers the early exits' loss
/// on other sequences (L2W-DEN, arXiv 2209.08310, with a lookahead of one step).
///
/// If M is that loss after the step, a token's weight changes it by about -(gradient of M) . (gradient of the token's
/// loss), times a positive number. The product is measured for all tokens at once by moving the model's weights a little
/// along the gradient of M, both ways (DARTS, arXiv 1806.09055, section 2.3).
struct WeightLearner<Model: TrainableModel> {
    private let objective: Objective
    private let model: Model
    private let teacher: Model?
    /// The parameters' values before the step.
    private let before: [Tensor]

    /// Prepares for a step of the model, before it is made.
    init(_ objective: Objective, _ model: Model, teacher: Model?) {
        self.objective = objective
        self.model = model
        self.teacher = teacher
        before = model.parameters.map { $0.copiedValues() }
    }

    /// Trains the network, after the step. The model's parameters are unchanged afterwards, and have no gradients.
    ///
    /// - Parameters:
    ///   - parts: sequences of the step.
    ///   - other: sequences that are not of the step.
    func train(
        _ network: inout WeightNetwork, on parts: [GroupPart], other: TrainingBatch, at moment: LayerDropout.Step
    ) {
        guard let (gradients, losses) = measure(on: parts, other: other, at: moment) else { return }
        network.step(network.gradient(gradients, losses: losses.text, sequences: losses.sequences))
    }

    /// Measures the change of the other sequences' loss with each weight, up to a positive factor.
    ///
    /// - Returns: for each early exit, the gradient with respect to the weights of all rows; and the losses at the
    ///   parameters before the step. nil if nothing is scored, or if numbers are not finite.
    func measure(
        on parts: [GroupPart], other: TrainingBatch, at moment: LayerDropout.Step
    ) -> (gradients: [[Double]], losses: Objective.RowLosses)? {
        let parameters = model.parameters
        parameters.forEach { $0.discardGradient() }
        let after = parameters.map { $0.copiedValues() }
        defer {
            parameters.forEach { $0.discardGradient() }
            for (parameter, values) in zip(parameters, after) { parameter.set(values) }
        }
        var outcome = objective
        outcome.exits.weighting = .uniform
        outcome.exits.trainsLast = false
        _ = outcome.addGradients(
            of: [GroupPart(batch: other, first: 0)], to: model, teacher: teacher, scored: max(1, other.scoredCount),
            at: moment)
        let directions = parameters.map(\.gradient)
        let norm = parameters.reduce(0) { $0 + $1.gradientSquares }.squareRoot()
        guard norm > 0, norm.isFinite else { return nil }
        let distance = 0.01 / norm
        func losses(movedBy factor: Double) -> Objective.RowLosses? {
            for (index, parameter) in parameters.enumerated() {
                parameter.set(before[index], plus: Float(factor), times: directions[index])
            }
            return objective.rowLosses(of: parts, model, teacher: teacher, at: moment)
        }
        guard let here = losses(movedBy: 0), let ahead = losses(movedBy: distance),
            let behind = losses(movedBy: -distance)
        else { return nil }
        var gradients = ahead.trained
        for exit in gradients.indices {
            for row in gradients[exit].indices {
                let slope = (ahead.trained[exit][row] - behind.trained[exit][row]) / (2 * distance)
                gradients[exit][row] = -here.weights[exit] * slope
            }
        }
        return (gradients, here)
    }
}
