import TensorCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Llama.Configuration {
    /// The model's rotation: pair i turns by base^(-2i / headSize) per position, divided by the linear scaling.
    ///
    /// - Parameter factors: one per pair, also divide the frequencies. This is how GGUF files store Llama 3's scaling,
    ///   which leaves high frequencies as they are and slows low ones down.
    func rotary(pairing: RoPEPairing, factors: [Float]?) -> RotaryEmbedding {
        let frequencies = (0..<attention.headSize / 2).map { pair in
            let frequency = pow(ropeBase, -2 * Double(pair) / Double(attention.headSize))
            return Float(frequency / ropeLinearFactor / Double(factors?[pair] ?? 1))
        }
        return RotaryEmbedding(pairing: pairing, frequencies: frequencies)
    }
}
