import LanguageModels
import TensorCore

/// What a step makes smaller: J(t) of equation 5, on a model whose layers are dropped by equation 1.
struct Objective: Sendable {
    let dropout: LayerDropout
    let exits: EarlyExitLoss
    /// Whether blocks compute twice instead of remembering.
    let recompute: Bool

    /// A batch's share of its step's losses, in nats a token.
    struct Losses {
        /// J(t).
        var total = 0.0
        /// The last layer's.
        var last = 0.0

        static func += (sum: inout Losses, part: Losses) {
            sum.total += part.total
            sum.last += part.last
        }
    }

    /// Adds a batch's gradients to those of the parameters.
    ///
    /// - Parameters:
    ///   - first: the number of its first sequence within the step.
    ///   - scored: how many targets the whole step scores: the loss is the mean over them, however they are divided
    ///     into batches.
    func addGradients<Model: TrainableModel>(
        of batch: TrainingBatch, to model: Model, first: Int, scored: Int, at moment: LayerDropout.Moment
    ) -> Losses {
        let compute = model.compute
        let rows = batch.scoredRows
        let weights = exits.weights(step: moment.step, of: moment.steps, layerCount: model.layerCount)
        var losses = Losses()
        var total: Tensor?
        var x = model.embed(batch.tokens)
        for layer in 0..<model.layerCount {
            let kept = dropout.kept(layer: layer, sequences: first..<first + batch.sequences, at: moment)
            x = LayerDropout.run(
                { block(layer, of: model, $0, length: batch.length) }, on: x, kept: kept.map { $0 - first },
                length: batch.length, compute)
            guard weights[layer] > 0, !rows.isEmpty else { continue }
            // x is now what this layer returned: x[l+1] of the paper.
            let loss = exitLoss(of: model, x, batch, rows: rows, weight: weights[layer] / Double(scored))
            losses.total += Double(loss.scalar)
            if layer == model.layerCount - 1 { losses.last = Double(loss.scalar) / weights[layer] }
            total = total.map { compute.add($0, loss) } ?? loss
        }
        total?.backward()
        return losses
    }

    private func block<Model: TrainableModel>(_ layer: Int, of model: Model, _ x: Tensor, length: Int) -> Tensor {
        let run = { (x: Tensor) in
            var memory = CausalBatch(for: model, length: length)
            return model.block(layer, x, &memory)
        }
        return recompute ? model.compute.checkpointed(x, run) : run(x)
    }

    /// The weighted sum of the scored rows' losses at one exit, in chunks whose logits are gone before the next.
    private func exitLoss(
        of model: some TrainableModel, _ x: Tensor, _ batch: TrainingBatch, rows: [Int32], weight: Double
    ) -> Tensor {
        let compute = model.compute
        // Rows that are not scored, such as a prompt's, need no logits.
        let scored = rows.count == x.rows ? x : compute.gather(x, rows: rows)
        return compute.settled(scored, rowsAtOnce: model.rowsOfLogitsAtOnce) { chunk, range in
            let targets = rows[range].map { batch.targets[Int($0)] }
            return compute.crossEntropy(model.logits(chunk), targets: targets, weight: Float(weight))
        }
    }
}

extension TrainingBatch {
    /// The rows whose targets are scored, ascending.
    var scoredRows: [Int32] {
        targets.indices.filter { targets[$0] != Self.unscored }.map { Int32($0) }
    }
}

extension LanguageModel {
    /// How many rows' logits may exist at once: about 16 MB of them, which a processor's caches still help with, but
    /// never few rows, since the head is packed anew, and its gradient read and written, for every chunk.
    var rowsOfLogitsAtOnce: Int { max(256, (4 << 20) / vocabularySize) }
}
