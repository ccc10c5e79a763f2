import CheckpointFiles
import TensorCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Llama.Configuration {
    /// The model's rotation: pair i turns by base^(-2i / headDimension) per position, divided by the linear scaling.
    ///
    /// - Parameter factors: one per pair, also divide the frequencies. This is how GGUF files store Llama 3's scaling,
    ///   which leaves high frequencies as they are and slows low ones down.
    func rotary(pairing: RoPEPairing, factors: [Float]?) -> RotaryEmbedding {
        let frequencies = (0..<attention.headDimension / 2).map { pair in
            let frequency = pow(ropeBase, -2 * Double(pair) / Double(attention.headDimension))
            return Float(frequency / ropeLinearFactor / Double(factors?[pair] ?? 1))
        }
        return RotaryEmbedding(pairing: pairing, frequencies: frequencies)
    }

    /// The checkpoint's divisors of the frequencies, one per pair; nil where it has none.
    ///
    /// - Throws: if there are more or fewer, or one is not a positive number.
    func frequencyFactors(_ model: Weights) throws(CheckpointError) -> [Float]? {
        guard let tensor = try model.optional("rope_frequency_factors.weight", attention.headDimension / 2) else {
            return nil
        }
        let factors = tensor.vector().values
        if let wrong = factors.first(where: { !($0 > 0 && $0.isFinite) }) {
            throw CheckpointError(
                file: model.source.file, name: "tensor \(tensor.name.quoted)", expected: "positive numbers",
                found: "\(wrong)")
        }
        return factors
    }
}
