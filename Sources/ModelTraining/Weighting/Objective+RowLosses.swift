import LanguageModels
import TensorCore

extension Objective {
    /// Losses of a batch's scored rows, one by one.
    struct RowLosses {
        /// Those of predicting the text, for each early exit and then the last layer.
        var text: [[Double]]
        /// Those that are trained, for each early exit.
        var trained: [[Double]]
        /// w(t,l) of each early exit.
        let weights: [Double]
        /// The sequence of each row.
        let sequences: [Int]
    }

    /// Computes the losses of sequences that run together, without recording anything.
    ///
    /// - Returns: the losses; nil if nothing is scored.
    func rowLosses<Model: TrainableModel>(
        of parts: [GroupPart], _ model: Model, teacher: Model?, at moment: LayerDropout.Step
    ) -> RowLosses? {
        let together = PartsTogether(parts)
        guard let batch = together.batch else { return nil }
        let (rows, plain) = (batch.scoredRows, model.detached())
        let weights = exits.weights(step: moment.step, of: moment.steps, layerCount: model.layerCount)
        let compute = model.compute
        var x = plain.embed(batch.tokens)
        var outputs: [Tensor] = []
        for layer in 0..<model.layerCount {
            let kept = dropout.kept(layer: layer, sequences: together.numbers, at: moment)
            var memory = CausalBatch(for: plain, length: batch.length, segments: batch.segments(of: kept))
            x = LayerDropout.run(
                { plain.block(layer, $0, &memory) }, on: x, kept: kept, length: batch.length, compute)
            guard weights[layer] > 0 || layer == model.layerCount - 1 else { continue }
            let output = exitOutput(layer + 1, of: plain, x, batch, together)
            outputs.append(rows.count == x.rows ? output : compute.gather(output, rows: rows))
        }
        let imitated = exits.needsTeacher(weights) ? teacher.map { Teacher($0, batch, rows: rows) } : nil
        let targets = rows.map { batch.targets[Int($0)] }
        var text: [[Double]] = outputs.map { _ in [] }
        var trained: [[Double]] = outputs.dropLast().map { _ in [] }
        for first in stride(from: 0, to: rows.count, by: model.rowsOfLogitsAtOnce) {
            let chunk = first..<min(first + model.rowsOfLogitsAtOnce, rows.count)
            let distributions = imitated?.distributions(rows: chunk)
            for (exit, x) in outputs.enumerated() {
                let logits = plain.logits(x[rows: chunk])
                let losses: [Double] = compute.crossEntropy(logits, targets: Array(targets[chunk]))
                text[exit] += losses
                guard exit < trained.count else { continue }
                trained[exit] +=
                    distributions.map { exits.rowLosses(of: logits, $0, targets: Array(targets[chunk]), compute) }
                    ?? losses
            }
        }
        return RowLosses(
            text: text, trained: trained, weights: weights.dropLast().filter { $0 > 0 },
            sequences: rows.map { Int($0) / batch.length })
    }
}
