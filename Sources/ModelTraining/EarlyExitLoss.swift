/// Early exit loss (LayerSkip, arXiv 2404.16710, equations 5 and 6): J(t) = sum over l of w(t,l) CE(g(x[l+1]), Y).
///
/// x[l+1] is the *output* of layer l, and g is the norm and head that all exits share.
public struct EarlyExitLoss: Sendable, Equatable {
    /// e_scale, 0...1: the weight of early exits. With 0 only the last layer has a loss.
    public var scale = 0.0
    /// How the weights of early exits depend on their depth.
    public var profile = ExitProfile.quadratic
    /// C(t,l).
    public var curriculum = Curriculum.none
    /// The exits that may have a loss in addition to the last, as numbers of layers run (1...L); nil for all.
    public var exits: [Int]?
    /// What the losses of early exits compare with.
    public var target = ExitTarget.text
    /// The model whose last layer is imitated in place of that of the model in training; nil for none.
    public var teacher: TrainingRecipe.Start?
    /// What the loss of the last layer compares with.
    public var lastTarget = LastTarget.text
    /// The share of the text in ``ExitTarget/mixed``, 0...1.
    public var textShare = 0.5
    /// How fast ``ExitTarget/mixedAcceptance`` turns from KL to acceptance: the share of KL is e^(-decay A) at the
    /// acceptance A.
    public var acceptanceDecay = 3.0
    /// How much each token counts in the losses of early exits.
    public var weighting = ExitWeighting.uniform
    /// The number of steps between two updates of ``ExitWeighting/learned`` weights.
    public var weightingEvery = 10
    /// Whether the last layer has a loss; without it, only early exits learn.
    public var trainsLast = true

    /// Creates the loss of the last layer alone.
    public init() {}

    /// The exits listed in ``exits`` if early exits are trained at all; otherwise nil.
    public var trained: [Int]? { scale > 0 && curriculum != .none ? exits : nil }

    /// The early exits of a model that have a loss in some step; none if early exits are not trained.
    func trainedExits(layerCount: Int) -> [Int] {
        guard scale > 0, curriculum != .none else { return [] }
        return candidates(layerCount: layerCount).filter { importance(layer: $0, of: layerCount) > 0 }.map { $0 + 1 }
    }

    /// Whether a step computes the last layer's loss.
    var measuresLast: Bool {
        trainsLast || weighting != .uniform || (target.needsDistribution && teacher == nil)
    }

    /// Whether the losses of early exits depend on what others say about the same rows.
    var comparesExits: Bool { target.needsDistribution || weighting != .uniform }

    /// Whether a teacher is given and something learns from it.
    public var learnsFromTeacher: Bool {
        let earlyExitsLearn = target.needsDistribution && scale > 0 && curriculum != .none
        return teacher != nil && (earlyExitsLearn || (lastTarget == .teacher && trainsLast))
    }

    /// Whether something learns from the teacher in a step with these weights.
    func needsTeacher(_ weights: [Double]) -> Bool {
        guard learnsFromTeacher else { return false }
        let earlyExitsLearn = target.needsDistribution && weights.dropLast().contains { $0 > 0 }
        return earlyExitsLearn || (lastTarget == .teacher && weights.last ?? 0 > 0)
    }

    /// Returns w(t,l) for every layer l: nonnegative weights that sum to 1, 0 for exits that are off.
    ///
    /// - Parameters:
    ///   - step: t, 0..<steps.
    ///   - layerCount: L.
    public func weights(step: Int, of steps: Int, layerCount: Int) -> [Double] {
        let candidates = candidates(layerCount: layerCount)
        var weights = Array(repeating: 0.0, count: layerCount)
        for (place, layer) in candidates.enumerated()
        where curriculum.isOn(candidate: place, of: candidates.count, step: step, of: steps) {
            weights[layer] = importance(layer: layer, of: layerCount)
        }
        if !trainsLast { weights[layerCount - 1] = 0 }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// The number of early exits with a loss, if it is the same at every step.
    func constantCount(layerCount: Int) -> Int {
        weights(step: 0, of: 1, layerCount: layerCount).dropLast().count { $0 > 0 }
    }

    /// e(l) of equation 6, or the profile's replacement for it.
    private func importance(layer: Int, of layerCount: Int) -> Double {
        // With one layer, L-1 is 0, but the only exit must have a weight.
        guard layerCount > 1 else { return 1 }
        let last = layerCount - 1
        switch profile {
        case .quadratic: return layer < last ? scale * sum(upTo: layer) : Double(last) + scale * sum(upTo: last - 1)
        case .constant: return layer < last ? scale : 1
        }
    }

    /// 0 + 1 + ... + n.
    private func sum(upTo n: Int) -> Double { Double(n * (n + 1) / 2) }

    /// The layers that may exit, in order, including the last.
    private func candidates(layerCount: Int) -> [Int] {
        guard let exits else { return Array(0..<layerCount) }
        return (Set(exits.map { $0 - 1 }).union([layerCount - 1])).sorted()
    }
}

/// How the weight of an early exit depends on its depth.
public enum ExitProfile: String, Sendable, CaseIterable {
    /// e_scale * (0 + 1 + ... + l), as in equation 6. The first exits have almost no weight.
    case quadratic
    /// e_scale, relative to 1 for the last layer. For a model in which only the first layers draft.
    case constant
}
