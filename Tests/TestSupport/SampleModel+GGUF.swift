package import CheckpointFiles
import LanguageModels
import TensorCore

extension SampleModel {
    /// A GGUF file of the model, ready to be changed or written. It has no tokenizer.
    package func ggufWriter() throws(CheckpointError) -> GGUFWriter {
        let stored = stored(ropePairing: configuration.architecture.ggufPairing)
        var writer = GGUFWriter()
        writer.metadata["general.architecture"] = .string(configuration.architecture.ggufName)
        configuration.write(to: &writer.metadata)
        for tensor in configuration.ggufRoPETensors {
            writer.add(tensor.name, tensor.dtype, shape: tensor.shape) { tensor }
        }
        for tensor in stored.tensors {
            let weights = try stored.source.tensor(named: tensor.name, shape: tensor.shape)
            var values = weights.vector().values
            if tensor.kind.isGain { values = values.map { stored.source.gainOffset + $0 } }
            writer.add(tensor.ggufName, .f32, shape: tensor.shape, bytes: DType.f32.quantize(values))
        }
        return writer
    }
}
