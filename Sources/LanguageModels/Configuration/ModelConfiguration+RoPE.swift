import TensorCore

extension ModelConfiguration {
    /// Returns the model's rotation: pair i turns by base^(-2i / headDimension) radians per position, divided by the
    /// linear scaling and by the pair's own factor.
    ///
    /// - Parameter isRotated: false for layers that do not rotate: all angles are zero.
    func rotary(pairing: RoPEPairing, isRotated: Bool = true) -> RotaryEmbedding {
        let frequencies = (0..<attention.headDimension / 2).map { pair in
            let frequency = ropeFrequency(pair: pair, base: ropeBase, headDimension: attention.headDimension)
            return isRotated ? Float(frequency / ropeLinearFactor / Double(ropeFrequencyFactors?[pair] ?? 1)) : 0
        }
        return RotaryEmbedding(pairing: pairing, frequencies: frequencies)
    }
}
