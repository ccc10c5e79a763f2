import CheckpointFiles
import LanguageModels
import TensorCore

/// Converts the factors of norms between files that store them and folders that store them minus 1.
struct GainConversion {
    private let source: any TensorSource
    /// What is added to stored factors.
    private let summand: Float

    /// - Parameter storesMinusOne: whether the output stores factors minus 1.
    init(_ model: StoredModel, storesMinusOne: Bool) {
        source = model.withoutExitBlock.source
        summand = model.source.gainOffset - (storesMinusOne ? 1 : 0)
    }

    /// Returns a gain as the output stores it; nil for other tensors, and if nothing changes.
    ///
    /// The sum of 1 and a small number is rounded. A GGUF file therefore also keeps, in its metadata, those gains from
    /// which subtracting 1 does not give the original numbers.
    func converted(_ tensor: ModelTensor, _ stored: StoredTensor) -> (values: StoredTensor, inexact: InexactGain?)? {
        guard summand != 0, tensor.kind.isGain else { return nil }
        let original = stored.vector().values
        let gguf = (source as? GGUFSource)?.gguf
        let key = InexactGain.key(of: tensor)
        var values = original.map { summand + $0 }
        var inexact: InexactGain?
        if summand > 0, zip(values, original).contains(where: { $0 - summand != $1 }) {
            inexact = InexactGain(key: key, values: original)
        } else if let kept = try? gguf?.metadata.floatsIfPresent(named: key), kept.count == original.count,
            zip(kept, original).allSatisfy({ $0 - summand == $1 })
        {
            values = kept
        }
        return (
            StoredTensor(name: tensor.name, dtype: .f32, shape: tensor.shape, bytes: DType.f32.quantize(values)),
            inexact
        )
    }
}

/// The original numbers of a norm whose factors a GGUF file stores rounded.
struct InexactGain: Sendable {
    /// The key in the file's metadata.
    let key: String
    let values: [Float]

    static func key(of tensor: ModelTensor) -> String { "layerskip.minus_one.\(tensor.ggufName)" }
}
