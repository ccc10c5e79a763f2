import TensorCore

/// The rotary position embedding of a model: which coordinates of a head rotate with the position, and how fast. Su et
/// al., "RoFormer", arXiv 2104.09864.
public struct RoPE: Sendable, Equatable {
    /// The base of the frequencies: pair i of d rotating coordinates turns by base^(-2i / d) radians per position.
    public var base: Double
    /// The first coordinates of each head that rotate; nil for all of them.
    package var dimensionCount: Int?
    /// The rule that changes the frequencies for contexts longer than those of the first training.
    package var scaling: Scaling

    /// Creates a rotation; by default of all coordinates, with unscaled frequencies.
    public init(base: Double) { self.init(base: base, scaling: .none) }

    package init(base: Double, dimensionCount: Int? = nil, scaling: Scaling) {
        self.base = base
        self.dimensionCount = dimensionCount
        self.scaling = scaling
    }

    /// A rule that changes frequencies.
    package enum Scaling: Sendable, Equatable {
        case none
        /// All frequencies are divided by a factor (Chen et al., "Positional Interpolation", arXiv 2306.15595).
        case linear(factor: Double)
        case llama3(Llama3Scaling)
        /// Each pair's frequency is divided by a number of its own: what GGUF files store of ``llama3(_:)``.
        case divided([Float])
        case yarn(YaRNScaling)
        /// Beyond the model's context, frequencies fall with the length of the text; within it they are unscaled
        /// ("NTK-aware scaled RoPE", 2023). Texts beyond the context are refused, because all stored keys would change
        /// with each position.
        case dynamic(factor: Double)
        case longRoPE(LongRoPEScaling)
    }
}

extension RoPE {
    /// The number of coordinates of a head that rotate.
    package func rotated(headDimension: Int) -> Int { dimensionCount ?? headDimension }

    /// The largest context whose texts use LongRoPE's short divisors; nil without LongRoPE.
    package var shortContext: Int? {
        if case .longRoPE(let scaling) = scaling { scaling.originalContext } else { nil }
    }

    /// Whether the frequencies depend on the length of texts beyond the context.
    package var isDynamic: Bool {
        if case .dynamic = scaling { true } else { false }
    }

    /// The factor of cosines and sines.
    package var magnitude: Double {
        switch scaling {
        case .yarn(let scaling): scaling.attentionFactor
        case .longRoPE(let scaling): scaling.attentionFactor
        default: 1
        }
    }

    /// The frequency of each pair, in radians per position. With LongRoPE they are those of texts within the original
    /// context.
    package func frequencies(headDimension: Int) -> [Double] {
        let plain = plainFrequencies(headDimension: headDimension)
        switch scaling {
        case .none, .dynamic: return plain
        case .linear(let factor): return plain.map { $0 / factor }
        case .llama3(let scaling): return plain.divided(by: scaling.divisors(of: plain))
        case .divided(let divisors): return plain.divided(by: divisors)
        case .yarn(let scaling): return scaling.scaled(plain, base: base)
        case .longRoPE(let scaling): return plain.divided(by: scaling.shortDivisors)
        }
    }

    /// The frequencies before scaling (RoFormer, section 3.2.2).
    private func plainFrequencies(headDimension: Int) -> [Double] {
        let rotated = rotated(headDimension: headDimension)
        return (0..<rotated / 2).map { ropeFrequency(pair: $0, base: base, headDimension: rotated) }
    }

    /// The frequencies of texts that may be longer than the original context, if they differ.
    private func longFrequencies(headDimension: Int) -> (shortContext: Int, frequencies: [Float])? {
        guard case .longRoPE(let scaling) = scaling else { return nil }
        let frequencies = plainFrequencies(headDimension: headDimension).divided(by: scaling.longDivisors)
        return (scaling.originalContext, frequencies.map { Float($0) })
    }

    /// Whether the frequencies follow from Llama 3's constants, which are fitted to a GGUF file's divisors when a
    /// folder is written.
    package var dependsOnFittedConstants: Bool {
        switch scaling {
        case .llama3, .divided: true
        case .none, .linear, .yarn, .dynamic, .longRoPE: false
        }
    }

    /// The rotation without those constants, for comparisons.
    package var withoutFittedConstants: RoPE {
        dependsOnFittedConstants ? RoPE(base: base, dimensionCount: dimensionCount, scaling: .none) : self
    }

    /// The rotation for attention.
    ///
    /// - Parameter pairing: the order of rows in the loaded query and key projections.
    func rotary(pairing: RoPEPairing, headDimension: Int) -> RotaryEmbedding {
        RotaryEmbedding(
            pairing: pairing, frequencies: frequencies(headDimension: headDimension).map { Float($0) },
            magnitude: Float(magnitude), long: longFrequencies(headDimension: headDimension))
    }
}

extension RotaryEmbedding {
    /// The rotation of a layer without RoPE: by zero.
    static func none(pairing: RoPEPairing, headDimension: Int) -> RotaryEmbedding {
        RotaryEmbedding(pairing: pairing, frequencies: [Float](repeating: 0, count: headDimension / 2))
    }
}

extension [Double] {
    fileprivate func divided(by divisors: [Float]) -> [Double] { zip(self, divisors).map { $0 / Double($1) } }
}
