import LanguageModels
import TensorCore

/// The training objective: J(t) of equation 5, on a model with layer dropout by equation 1.
struct Objective: Sendable {
    let dropout: LayerDropout
    var exits: EarlyExitLoss
    /// Whether the backward pass recomputes blocks instead of storing intermediate values.
    let recompute: Bool
    /// The network of learned weights; nil if weights are not learned.
    var network: WeightNetwork?

    /// A batch's share of the step's losses, in nats per token.
    struct Losses: Equatable {
        /// J(t).
        var total = 0.0
        /// The last layer's loss in predicting the text, whatever it learns from.
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
    ///   - teacher: the model that is imitated, with plain weights; nil if there is none.
    ///   - scored: the number of scored targets in the whole step. The loss is the mean over them, regardless of the
    ///     division into batches.
    /// - Returns: the losses of each group.
    func addGradients<Model: TrainableModel>(
        of parts: [GroupPart], to model: Model, teacher: Model? = nil, scored: Int, at moment: LayerDropout.Step
    ) -> [Losses] {
        let compute = model.compute
        var losses = Array(repeating: Losses(), count: parts.count)
        let together = PartsTogether(parts)
        guard let batch = together.batch else { return losses }
        let rows = batch.scoredRows
        let scoredGroups = together.groups(ofRows: rows)
        let weights = exits.weights(step: moment.step, of: moment.steps, layerCount: model.layerCount)
        guard let deepest = weights.lastIndex(where: { $0 > 0 }) else { preconditionFailure("an exit with a loss") }
        // Nothing learns behind the deepest exit with a loss.
        let plain = deepest < model.layerCount - 1 ? model.detached() : model
        let imitated = exits.needsTeacher(weights) ? teacher.map { Teacher($0, batch, rows: rows) } : nil
        let computed = exits.measuresLast ? model.layerCount : deepest + 1
        var total: Tensor?
        var x = compute.withGroups(together.groups) { model.embed(batch.tokens) }
        var waiting: [Exit] = []
        for layer in 0..<computed {
            let kept = dropout.kept(layer: layer, sequences: together.numbers, at: moment)
            let keptRows = BlockRows(
                length: batch.length, groups: together.groups(of: kept), documents: batch.segments(of: kept))
            let (learning, input) = layer > deepest ? (plain, x.detached()) : (model, x)
            x = LayerDropout.run(
                { block(layer, of: learning, $0, keptRows) }, on: input, kept: kept, length: batch.length, compute)
            let isLast = layer == model.layerCount - 1
            guard weights[layer] > 0 || isLast else { continue }
            // x is now this layer's output: x[l+1] of the paper.
            let output = exitOutput(layer + 1, of: learning, x, batch, together)
            // Unscored rows, such as a prompt's, need no logits.
            let scoredRows = rows.count == x.rows ? compute.branch(output) : compute.gather(output, rows: rows)
            waiting.append(Exit(x: scoredRows, isLast: isLast, weight: weights[layer]))
            // All exits that imitate share the distribution of each chunk of rows.
            if exits.comparesExits && layer < computed - 1 { continue }
            let found = exitLosses(of: waiting, model, imitated, batch, rows: rows, scoredGroups, scored: scored)
            for (exit, loss) in zip(found.exits, found.losses) {
                for (group, value) in loss.values.enumerated() {
                    if exit.weight > 0 { losses[group].total += Double(value) }
                    if exit.isLast {
                        losses[group].last =
                            found.lastOnText?[group] ?? Double(value) / (exit.weight > 0 ? exit.weight : 1)
                    }
                }
                if loss.isRecorded { total = total.map { compute.add($0, loss) } ?? loss }
            }
            waiting = []
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

    /// What the head reads at an exit: x, or the exit block's output.
    func exitOutput<Model: TrainableModel>(
        _ exit: Int, of model: Model, _ x: Tensor, _ batch: TrainingBatch, _ together: PartsTogether
    ) -> Tensor {
        guard exit == model.exitBlock else { return x }
        let all = BlockRows(
            length: batch.length, groups: together.groups, documents: batch.segments(of: Array(0..<batch.sequences)))
        return block(model.layerCount, of: model, model.compute.branch(x), all)
    }

    /// An exit with a loss, or the last layer, which other exits imitate.
    private struct Exit {
        /// The scored rows of the output of the exit's last layer.
        let x: Tensor
        let isLast: Bool
        /// w(t,l); 0 for a last layer that is only imitated.
        let weight: Double
    }

    /// Losses of exits, for each group.
    private struct ExitLosses {
        let exits: [Exit]
        /// The weighted sum of each exit's losses. That of a last layer that is only imitated is not weighted.
        let losses: [Tensor]
        /// The last layer's mean loss in predicting the text, if it learns from the teacher.
        let lastOnText: [Double]?
    }

    /// Returns the factors of the scored rows' losses at each exit, which are unused at the last layer; nil if they are 1.
    private func tokenWeights<Model: TrainableModel>(
        of exits: [Exit], _ model: Model, _ batch: TrainingBatch, rows: [Int32]
    ) -> [[Double]]? {
        guard self.exits.weighting != .uniform, exits.count > 1, exits[0].isLast else { return nil }
        let targets = rows.map { batch.targets[Int($0)] }
        let plain = model.detached()
        let losses = exits.map { exit in
            stride(from: 0, to: rows.count, by: model.rowsOfLogitsAtOnce).flatMap { first in
                let chunk = first..<min(first + model.rowsOfLogitsAtOnce, rows.count)
                let logits = plain.logits(exit.x.detached()[rows: chunk])
                return model.compute.crossEntropy(logits, targets: Array(targets[chunk])) as [Double]
            }
        }
        let (early, sequences) = (Array(losses.dropFirst()), rows.map { Int($0) / batch.length })
        let weights =
            network?.weights(losses: early + [losses[0]], sequences: sequences)
            ?? ExitWeighting.easyWeights(early: early, last: losses[0], sequences: sequences)
        return [losses[0]] + weights
    }

    /// Returns the sums of the scored rows' losses at each exit, in chunks. The logits of one exit and chunk are freed
    /// before the next.
    private func exitLosses<Model: TrainableModel>(
        of exits: [Exit], _ model: Model, _ teacher: Teacher<Model>?, _ batch: TrainingBatch, rows: [Int32],
        _ groups: RowGroups, scored: Int
    ) -> ExitLosses {
        let compute = model.compute
        // The others need what the last layer says about the same rows.
        let exits = exits.filter(\.isLast) + exits.filter { !$0.isLast }
        let plain = exits[0].weight > 0 ? model : model.detached()
        let factors = tokenWeights(of: exits, model, batch, rows: rows)
        var target: TargetDistributions?
        var lastOnText: [Double]?
        let losses = compute.chunkedLosses(exits.map(\.x), rowsAtOnce: model.rowsOfLogitsAtOnce, groups: groups) {
            input, chunk, range in
            let exit = exits[input]
            if input == 0, let teacher { target = teacher.distributions(rows: range) }
            let logits = (exit.weight > 0 ? model : plain).logits(chunk)
            let targets = rows[range].map { batch.targets[Int($0)] }
            let weight = (exit.weight > 0 ? exit.weight : 1) / Double(scored)
            if exit.isLast, let target, self.exits.lastTarget == .teacher, exit.weight > 0 {
                let texts = compute.crossEntropy(logits.detached(), targets: targets, weight: 1 / Float(scored))
                var sums = lastOnText ?? Array(repeating: 0, count: groups.count)
                for (group, loss) in texts.values.enumerated() { sums[group] += Double(loss) }
                lastOnText = sums
                let weights = Array(repeating: Float(weight), count: logits.rows)
                return compute.imitationLoss(logits, of: target, .divergence, weights: weights)
            }
            if exit.isLast, exits.count > 1, teacher == nil { target = compute.targetDistributions(logits) }
            let rowWeights = RowWeights(weight, factors: exit.isLast ? nil : factors.map { Array($0[input][range]) })
            guard !exit.isLast, self.exits.target.needsDistribution, let target else {
                return rowWeights.crossEntropy(logits, targets, compute)
            }
            return self.exits.loss(of: logits, target, targets: targets, rowWeights, compute)
        }
        return ExitLosses(exits: exits, losses: losses, lastOnText: lastOnText)
    }
}

/// The weights of rows in an exit's loss.
private struct RowWeights {
    /// The weight of all rows.
    let weight: Double
    /// What it is multiplied by, row by row; nil for 1.
    let factors: [Double]?

    init(_ weight: Double, factors: [Double]?) {
        self.weight = weight
        self.factors = factors
    }

    /// A share of each row's weight.
    func weights(share: Double, count: Int) -> [Float] {
        factors?.map { Float(weight * share * $0) } ?? Array(repeating: Float(weight * share), count: count)
    }

    func crossEntropy(
        _ logits: Tensor, _ targets: [Int32], _ compute: ComputeContext, share: Double = 1
    ) -> Tensor {
        guard factors != nil else {
            return compute.crossEntropy(logits, targets: targets, weight: Float(weight * share))
        }
        return compute.crossEntropy(logits, targets: targets, weights: weights(share: share, count: logits.rows))
    }
}

extension EarlyExitLoss {
    /// The loss of an early exit's logits by ``target``.
    fileprivate func loss(
        of logits: Tensor, _ distributions: TargetDistributions, targets: [Int32], _ rowWeights: RowWeights,
        _ compute: ComputeContext
    ) -> Tensor {
        func imitation(_ loss: ImitationLoss, share: Double = 1) -> Tensor {
            let weights = rowWeights.weights(share: share, count: logits.rows)
            return compute.imitationLoss(logits, of: distributions, loss, weights: weights)
        }
        func text(share: Double = 1) -> Tensor { rowWeights.crossEntropy(logits, targets, compute, share: share) }
        return switch target {
        case .text: text()
        case .model: imitation(.divergence)
        case .mixed: compute.add(text(share: textShare), imitation(.divergence, share: 1 - textShare))
        case .acceptance: imitation(.acceptance)
        case .mixedAcceptance: imitation(.mixedAcceptance(decay: acceptanceDecay))
        case .argmax: imitation(.mostLikely)
        }
    }
}

extension EarlyExitLoss {
    /// The unweighted losses of an early exit's rows by ``target``.
    func rowLosses(
        of logits: Tensor, _ distributions: TargetDistributions, targets: [Int32], _ compute: ComputeContext
    ) -> [Double] {
        let single = RowGroups(counts: Array(repeating: 1, count: logits.rows))
        return compute.withGroups(single) {
            loss(of: logits, distributions, targets: targets, RowWeights(1, factors: nil), compute)
        }.values.map(Double.init)
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
