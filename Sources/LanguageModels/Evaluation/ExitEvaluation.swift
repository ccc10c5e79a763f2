import TensorCore
import CLibc

/// An evaluation of how well each exit of a model predicts tokens: the paper's measure of what early layers have
/// learned.
///
/// `evaluate` and the validations of training both use it. Attention reads a cache in one and the batch itself in the
/// other, so their results differ in the last bits.
public struct ExitEvaluation: Sendable {
    /// One exit's results, as means over all scored tokens.
    public struct Exit: Sendable, Equatable, Codable {
        /// The number of layers that ran: 1...L.
        public let exit: Int
        /// Negative log-likelihood in nats per token.
        public let loss: Double
        /// Share of tokens that are this exit's most likely prediction.
        public let accuracy: Double
        /// Share of positions where this exit and the last one find the same token most likely.
        public let agreement: Double

        /// Creates a result from given numbers.
        package init(exit: Int, loss: Double, accuracy: Double, agreement: Double) {
            self.exit = exit
            self.loss = loss
            self.accuracy = accuracy
            self.agreement = agreement
        }

        /// e to the loss.
        public var perplexity: Double { exp(loss) }
    }

    /// The number of scored tokens.
    public private(set) var scoredTokens = 0
    /// The results of the evaluated exits, in order.
    public var exits: [Exit] {
        let count = Double(max(1, scoredTokens))
        return zip(layers, sums).map { exit, sums in
            Exit(
                exit: exit, loss: sums.loss / count, accuracy: Double(sums.hits) / count,
                agreement: Double(sums.agreements) / count)
        }
    }

    private struct Sums {
        var loss = 0.0
        var hits = 0
        var agreements = 0
    }

    /// The evaluated exits, ascending. The last one is the model's, with which the others are compared.
    private let layers: [Int]
    private var sums: [Sums]

    /// Creates an evaluation of all exits, without tokens.
    package init(layerCount: Int) { self.init(layerCount: layerCount, exits: Array(1...layerCount)) }

    /// Creates an evaluation of some exits and the last one, without tokens.
    package init(layerCount: Int, exits: [Int]) {
        layers = Set(exits + [layerCount]).sorted()
        precondition(layers[0] >= 1 && layers[layers.count - 1] == layerCount, "exits of the model")
        sums = Array(repeating: Sums(), count: layers.count)
    }

    /// The error for logits or a loss that are not finite.
    package struct NotFinite: Error {
        /// The lowest such exit, 1...L.
        package let exit: Int

        package init(exit: Int) { self.exit = exit }
    }

    /// Runs tokens through all layers, and scores the predictions of the evaluated exits.
    ///
    /// - Parameters:
    ///   - rows: the indices of the tokens to score, in order; nil for all.
    ///   - targets: the correct next token of each scored token.
    ///   - rowsAtOnce: the number of rows whose logits are in memory at once. The losses of each such piece are summed
    ///     separately.
    package mutating func score(
        _ model: some LanguageModel, _ tokens: [Token], rows: [Int32]? = nil, targets: [Token], rowsAtOnce: Int,
        _ memory: inout some AttentionMemory & ~Copyable
    ) throws(NotFinite) {
        var outputs: [Tensor] = []
        var x = model.embed(tokens)
        for layer in 0..<model.layerCount {
            x = model.block(layer, x, &memory)
            guard layers[outputs.count] == layer + 1 else { continue }
            let output = layer + 1 == model.exitBlock ? model.block(model.layerCount, x, &memory) : x
            outputs.append(rows.map { model.compute.gather(output, rows: $0) } ?? output)
        }
        for start in stride(from: 0, to: targets.count, by: rowsAtOnce) {
            let range = start..<min(start + rowsAtOnce, targets.count)
            try score(model, outputs.map { $0[rows: range] }, targets: Array(targets[range]))
        }
    }

    /// Scores rows of each evaluated exit's output.
    private mutating func score(
        _ model: some LanguageModel, _ outputs: [Tensor], targets: [Token]
    ) throws(NotFinite) {
        var predictions: [[Int]] = []
        for (index, output) in outputs.enumerated() {
            let logits = model.logits(output)
            let predicted = targets.indices.compactMap { model.compute.argmax(logits, row: $0) }
            sums[index].loss += model.compute.crossEntropy(logits, targets: targets).reduce(0, +)
            guard predicted.count == targets.count, sums[index].loss.isFinite else {
                throw NotFinite(exit: layers[index])
            }
            sums[index].hits += zip(predicted, targets).count { $0 == Int($1) }
            predictions.append(predicted)
        }
        for index in predictions.indices {
            sums[index].agreements += zip(predictions[index], predictions[predictions.count - 1]).count { $0 == $1 }
        }
        scoredTokens += targets.count
    }
}
