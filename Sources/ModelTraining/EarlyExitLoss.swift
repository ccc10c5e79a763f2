/// Early exit loss (LayerSkip, arXiv 2404.16710, equations 5 and 6): J(t) = sum over l of w(t,l) CE(g(x[l+1]), Y).
///
/// x[l+1] is what layer l *returns*, and g the one norm and head that all exits share.
public struct EarlyExitLoss: Sendable, Equatable {
    /// e_scale, 0...1: how much early exits weigh. 0 leaves the last layer alone.
    public var scale = 0.0
    /// How the weights of early exits depend on their depth.
    public var profile = ExitProfile.quadratic
    /// C(t,l).
    public var curriculum = Curriculum.none
    /// The exits that may have a loss, as numbers of layers run (1...L), beside the last; nil for all.
    public var exits: [Int]?

    /// The last layer's loss alone.
    public init() {}

    /// Those of the named exits that learn anything; nil where none is named, or early exits weigh nothing.
    public var trained: [Int]? { scale > 0 && curriculum != .none ? exits : nil }

    /// w(t,l) for every layer l: not negative, 0 where an exit is off; they sum to 1.
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
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// e(l) of equation 6, or what the profile puts in its place.
    private func importance(layer: Int, of layerCount: Int) -> Double {
        // A model of one layer has L-1 = 0, but its only exit must count.
        guard layerCount > 1 else { return 1 }
        let last = layerCount - 1
        switch profile {
        case .quadratic: return layer < last ? scale * sum(upTo: layer) : Double(last) + scale * sum(upTo: last - 1)
        case .constant: return layer < last ? scale : 1
        }
    }

    /// 0 + 1 + ... + n.
    private func sum(upTo n: Int) -> Double { Double(n * (n + 1) / 2) }

    /// The layers that may exit, in order, the last included.
    private func candidates(layerCount: Int) -> [Int] {
        guard let exits else { return Array(0..<layerCount) }
        return (Set(exits.map { $0 - 1 }).union([layerCount - 1])).sorted()
    }
}

/// How the weight of an early exit depends on its depth.
public enum ExitProfile: String, Sendable, CaseIterable {
    /// e_scale * (0 + 1 + ... + l), as equation 6 has it: exits of few layers weigh next to nothing.
    case quadratic
    /// e_scale, where the last layer weighs 1: for a model whose first layers are to draft, and no others.
    case constant
}
