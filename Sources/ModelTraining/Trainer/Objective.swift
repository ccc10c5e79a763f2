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

    /// Adds the gradients of sequences that run together to those of the parameters.
    ///
    /// - Parameters:
    ///   - parts: the sequences of each group.
    ///   - scored: the number of scored targets in the whole step. The loss is the mean over them, regardless of the
    ///     division into batches.
    /// - Returns: the losses of each group.
    func addGradients<Model: TrainableModel>(
        of parts: [GroupPart], to model: Model, scored: Int, at moment: LayerDropout.Step
    ) -> [Losses] {
        let compute = model.compute
        var losses = Array(repeating: Losses(), count: parts.count)
        let together = PartsTogether(parts)
        guard let batch = together.batch else { return losses }
        let rows = batch.scoredRows
        let scoredGroups = together.groups(ofRows: rows)
        let weights = exits.weights(step: moment.step, of: moment.steps, layerCount: model.layerCount)
        var total: Tensor?
        var x = compute.withGroups(together.groups) { model.embed(batch.tokens) }
        for layer in 0..<model.layerCount {
            let kept = dropout.kept(layer: layer, sequences: together.numbers, at: moment)
            let keptRows = BlockRows(
                length: batch.length, groups: together.groups(of: kept), documents: batch.segments(of: kept))
            x = LayerDropout.run(
                { block(layer, of: model, $0, keptRows) }, on: x, kept: kept, length: batch.length, compute)
            guard weights[layer] > 0 else { continue }
            // x is now this layer's output: x[l+1] of the paper.
            let weight = weights[layer] / Double(scored)
            let exit = exitLoss(of: model, x, batch, rows: rows, scoredGroups, weight: weight)
            for (group, loss) in exit.values.enumerated() {
                losses[group].total += Double(loss)
                if layer == model.layerCount - 1 { losses[group].last = Double(loss) / weights[layer] }
            }
            total = total.map { compute.add($0, exit) } ?? exit
        }
        total?.backward()
        return losses
    }

    /// How a block's rows belong together.
    private struct BlockRows {
        /// The number of rows of a sequence.
        let length: Int
        let groups: RowGroups
        /// The documents in the sequences; nil if rows attend to their whole sequence.
        let documents: RowSegments?
    }

    private func block<Model: TrainableModel>(_ layer: Int, of model: Model, _ x: Tensor, _ rows: BlockRows) -> Tensor {
        let run = { (x: Tensor) in
            model.compute.withGroups(rows.groups) {
                var memory = CausalBatch(for: model, length: rows.length, segments: rows.documents)
                return model.block(layer, x, &memory)
            }
        }
        return recompute ? model.compute.recomputed(x, run) : run(x)
    }

    /// Returns the weighted sum of the scored rows' losses at one exit, for each group, in chunks. Each chunk's logits
    /// are freed before the next.
    private func exitLoss(
        of model: some TrainableModel, _ x: Tensor, _ batch: TrainingBatch, rows: [Int32], _ groups: RowGroups,
        weight: Double
    ) -> Tensor {
        let compute = model.compute
        // Unscored rows, such as a prompt's, need no logits.
        let scored = rows.count == x.rows ? x : compute.gather(x, rows: rows)
        return compute.chunkedLoss(scored, rowsAtOnce: model.rowsOfLogitsAtOnce, groups: groups) { chunk, range in
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
