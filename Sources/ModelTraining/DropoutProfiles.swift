import CLibc

/// How the rate of layer dropout grows with depth: D(l) of equation 2.
public enum DepthProfile: String, Sendable, CaseIterable {
    /// 2^(l/(L-1)) - 1, as in the paper: 0 at the first layer, 1 at the last.
    case exponential
    /// l/(L-1).
    case linear
    /// 1 at every layer.
    case constant

    /// Returns D(l) for a layer of `layerCount`, numbered from 0.
    func value(layer: Int, of layerCount: Int) -> Double {
        switch self {
        case .exponential: exponentialRise(layer, of: layerCount)
        case .linear: share(layer, of: layerCount)
        case .constant: 1
        }
    }
}

/// How the rate of layer dropout grows during training: S(t) of equation 3.
public enum TimeProfile: String, Sendable, CaseIterable {
    /// 1 at every step, for continual pretraining and finetuning.
    case constant
    /// 2^(t/(T-1)) - 1, for pretraining from scratch.
    case exponential

    /// Returns S(t) for a step of `steps`, numbered from 0.
    func value(step: Int, of steps: Int) -> Double {
        switch self {
        case .constant: 1
        case .exponential: exponentialRise(step, of: steps)
        }
    }
}

/// Returns 2^(index/(count-1)) - 1, which rises from 0 at the first of `count` to 1 at the last.
private func exponentialRise(_ index: Int, of count: Int) -> Double { exp2(share(index, of: count)) - 1 }

/// Returns index/(count-1), or 0 if `count` is 1.
private func share(_ index: Int, of count: Int) -> Double { count > 1 ? Double(index) / Double(count - 1) : 0 }
