import LanguageModels
import TensorCore

/// The training objective: J(t) of equation 5, on a model with layer dropout by equation 1.
struct Objective: Sendable {
    let dropout: LayerDropout
    let exits: EarlyExitLoss
    /// Whether the backward pass recomputes blocks instead of storing intermediate values.
    let recompute: Bool

    /// A batch's share of the step's losses, in nats per token.
    struct Losses: Equatable {
        /// J(t).
        var total = 0.0
        /// The last layer's loss.
        var last = 0.0

        static func += (sum: inout Losses, part: Losses) {
            sum.total += part.total
            sum.last += part.last
        }
    }

    /// Adds a batch's gradients to those of the parameters.
    ///
    /// - Parameters:
    ///   - first: the index of the batch's first sequence within the step.
    ///   - scored: the number of scored targets in the whole step. The loss is the mean over them, regardless of the
    ///     division into batches.
    func addGradients<Model: TrainableModel>(
        of batch: TrainingBatch, to model: Model, first: Int, scored: Int, at moment: LayerDropout.Step
    ) -> Losses {
        let compute = model.compute
        let rows = batch.scoredRows
        let weights = exits.weights(step: moment.step, of: moment.steps, layerCount: model.layerCount)
        var losses = Losses()
        var total: Tensor?
        var x = model.embed(batch.tokens)
        for layer in 0..<model.layerCount {
            let kept = dropout.kept(layer: layer, sequences: first..<first + batch.sequences, at: moment).map {
                $0 - first
            }
            let segments = batch.segments(of: kept)
            x = LayerDropout.run(
                { block(layer, of: model, $0, length: batch.length, segments) }, on: x, kept: kept,
                length: batch.length, compute)
            guard weights[layer] > 0, !rows.isEmpty else { continue }
            // x is now this layer's output: x[l+1] of the paper.
            let loss = exitLoss(of: model, x, batch, rows: rows, weight: weights[layer] / Double(scored))
            losses.total += Double(loss.scalar)
            if layer == model.layerCount - 1 { losses.last = Double(loss.scalar) / weights[layer] }
            total = total.map { compute.add($0, loss) } ?? loss
        }
        total?.backward()
        return losses
    }

    private func block<Model: TrainableModel>(
        _ layer: Int, of model: Model, _ x: Tensor, length: Int, _ segments: RowSegments?
    ) -> Tensor {
        let run = { (x: Tensor) in
            var memory = CausalBatch(for: model, length: length, segments: segments)
            return model.block(layer, x, &memory)
        }
        return recompute ? model.compute.recomputed(x, run) : run(x)
    }

    /// Returns the weighted sum of the scored rows' losses at one exit, in chunks. Each chunk's logits are freed before
    /// the next.
    private func exitLoss(
        of model: some TrainableModel, _ x: Tensor, _ batch: TrainingBatch, rows: [Int32], weight: Double
    ) -> Tensor {
        let compute = model.compute
        // Unscored rows, such as a prompt's, need no logits.
        let scored = rows.count == x.rows ? x : compute.gather(x, rows: rows)
        return compute.chunkedLoss(scored, rowsAtOnce: model.rowsOfLogitsAtOnce) { chunk, range in
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
    /// The number of rows whose logits exist at once: about 16 MB, for which caches still help, but at least 256 rows,
    /// because every chunk packs the head again, and reads and writes its gradient.
    var rowsOfLogitsAtOnce: Int { max(256, (4 << 20) / vocabularySize) }
}
