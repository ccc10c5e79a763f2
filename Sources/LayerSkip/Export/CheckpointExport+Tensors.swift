import CheckpointFiles
import LanguageModels
import TensorCore

extension CheckpointExport {
    /// Adds the planned tensors to a writer, which converts each when it writes it.
    ///
    /// - Parameters:
    ///   - name: a tensor's name in the output.
    ///   - add: adds a tensor by its name, format, shape and bytes.
    func addTensors(
        named name: (ModelTensor) -> String,
        _ add: (String, DType, [Int], @escaping @Sendable (ByteOutput) throws(CheckpointError) -> Void) -> Void
    ) throws {
        let (pool, quantized) = (try ThreadPool(checking: threads), quantized)
        quantized.removeAll()
        for entry in plan.entries {
            let name = name(entry.tensor)
            add(name, entry.conversion.dtype, entry.tensor.shape) { (output) throws(CheckpointError) in
                try entry.write(to: output, on: pool, listing: quantized, as: name)
            }
        }
    }
}
