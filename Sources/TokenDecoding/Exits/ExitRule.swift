package import LanguageModels
package import TensorCore

/// When a token leaves the model before its last layer, in approximate decoding: at the first of some exits that is sure
/// enough of it. The text is then not the full model's.
///
/// The rules are those of CALM (Schuster et al., arXiv 2207.07061, section 3.5, with the largest probability in place of
/// the difference of the two largest) and of DAISY (arXiv 2406.05464), with softmax(logits of the exit) at temperature 1.
public struct ExitRule: Sendable, Equatable {
    /// What an exit must reach.
    public enum Threshold: Sendable, Equatable {
        /// The largest probability is greater than this, 0...1. No token leaves early with 1.
        case confidence(Double)
        /// The entropy in nats is less than this, 0 or more. No token leaves early with 0.
        case entropy(Double)
    }

    /// The numbers of layers after which a token may leave, in ascending order.
    public let exitLayers: [Int]
    /// What an exit must reach.
    public let threshold: Threshold

    /// Creates a rule with one or more exits, in any order.
    public init(exitLayers: [Int], threshold: Threshold) {
        self.exitLayers = Set(exitLayers).sorted()
        self.threshold = threshold
    }

    /// Throws if the rule is invalid for every model.
    package func validate() throws(GenerationError) {
        guard let first = exitLayers.first else {
            throw .invalidOption(name: "exit layers", expected: "at least one", found: "none")
        }
        try SpeculationSetting.check(exitLayer: first)
        switch threshold {
        case .confidence(let least):
            guard (0...1).contains(least) else {
                throw .invalidOption(name: "confidence", expected: "0...1", found: "\(least)")
            }
        case .entropy(let most):
            guard most >= 0, most.isFinite else {
                throw .invalidOption(name: "entropy", expected: "a number of nats, 0 or more", found: "\(most)")
            }
        }
    }

    /// Throws unless a model has all exits.
    package func check(layerCount: Int) throws(ExitLayerError) {
        for exitLayer in exitLayers { try ExitLayerError.check(exitLayer, layerCount: layerCount) }
    }

    /// Whether a token leaves at an exit with these logits. It does not if they are not finite.
    package func leaves(_ logits: Tensor, row: Int, on compute: ComputeContext) -> Bool {
        threshold.isReached(by: threshold.certainty(of: logits, row: row, on: compute))
    }
}

extension ExitRule.Threshold {
    /// What the threshold is compared with: the largest probability or the entropy; NaN if the row is not finite.
    package func certainty(of logits: Tensor, row: Int, on compute: ComputeContext) -> Double {
        switch self {
        case .confidence: compute.largestProbability(logits, row: row)
        case .entropy: compute.entropy(logits, row: row)
        }
    }

    /// Whether an exit is sure enough.
    package func isReached(by certainty: Double) -> Bool {
        switch self {
        case .confidence(let least): certainty > least
        case .entropy(let most): certainty < most
        }
    }
}
