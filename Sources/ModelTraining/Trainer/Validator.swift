import CheckpointFiles
import LanguageModels
import TensorCore

/// Measures every exit on data that the model does not learn from: always the same sequences.
struct Validator: Sendable {
    private let source: any BatchSource
    private let sequencesPerBatch: Int
    /// How many sequences it measures.
    let sequences: Int
    /// How many batches these are; the last one may be smaller.
    var batches: Int { (sequences + sequencesPerBatch - 1) / sequencesPerBatch }

    init(_ recipe: TrainingRecipe, data source: any BatchSource) {
        self.source = source
        // No sequence twice.
        sequencesPerBatch = min(recipe.batch.sequences, source.sequencesPerEpoch)
        sequences = min(recipe.validation.batches * sequencesPerBatch, source.sequencesPerEpoch)
    }

    /// Every exit's figures.
    ///
    /// - Parameters:
    ///   - model: plain weights, of which nothing is recorded.
    ///   - step: how many steps it has made.
    /// - Returns: nil if it was to stop before there were any.
    /// - Throws: ``TrainingError`` if logits are not finite, ``CheckpointError`` if the data is damaged.
    func measure(_ model: some LanguageModel, step: Int, shouldStop: () -> Bool) throws -> ValidationMetrics? {
        var sums = Array(repeating: Sums(), count: model.layerCount)
        var scored = 0
        for first in stride(from: 0, to: sequences, by: sequencesPerBatch) {
            if shouldStop() { return nil }
            let batch = try source.batch(
                at: DataPlace(index: first), sequences: min(sequencesPerBatch, sequences - first))
            guard measure(model, on: batch, adding: &sums) else {
                let exit = sums.firstIndex { !$0.loss.isFinite } ?? 0
                throw TrainingError.notFiniteValidation(step: step, exit: exit + 1)
            }
            scored += batch.scoredCount
        }
        let count = Double(max(1, scored))
        return ValidationMetrics(
            step: step, scoredTokens: scored,
            exits: sums.enumerated().map { layer, sums in
                .init(
                    exit: layer + 1, loss: sums.loss / count, accuracy: Double(sums.hits) / count,
                    agreement: Double(sums.agreements) / count)
            })
    }

    private struct Sums {
        var loss = 0.0
        var hits = 0
        var agreements = 0
    }

    /// - Returns: false if a loss was not finite.
    private func measure(_ model: some LanguageModel, on batch: TrainingBatch, adding sums: inout [Sums]) -> Bool {
        let rows = batch.scoredRows
        var outputs: [Tensor] = []
        var x = model.embed(batch.tokens)
        var memory = CausalBatch(for: model, length: batch.length)
        for layer in 0..<model.layerCount {
            x = model.block(layer, x, &memory)
            outputs.append(model.compute.gather(x, rows: rows))
        }
        for start in stride(from: 0, to: rows.count, by: model.rowsOfLogitsAtOnce) {
            let range = start..<min(start + model.rowsOfLogitsAtOnce, rows.count)
            let targets = rows[range].map { batch.targets[Int($0)] }
            var last: [Int] = []
            // From the last exit down: the others are compared with it.
            for layer in outputs.indices.reversed() {
                let logits = model.logits(outputs[layer][rows: range])
                sums[layer].loss += model.compute.crossEntropy(logits, targets: targets).reduce(0, +)
                let found = targets.indices.compactMap { model.compute.argmax(logits, row: $0) }
                guard sums[layer].loss.isFinite, found.count == targets.count else {
                    sums[layer].loss = .nan
                    return false
                }
                if last.isEmpty { last = found }
                sums[layer].hits += zip(found, targets).count { $0 == Int($1) }
                sums[layer].agreements += zip(found, last).count { $0 == $1 }
            }
        }
        return true
    }
}
