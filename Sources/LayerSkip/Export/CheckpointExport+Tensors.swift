import CheckpointFiles
import LanguageModels
import TensorCore

extension CheckpointExport {
    /// Adds the planned tensors to a writer, which converts each when it writes it.
    ///
    /// - Parameters:
    ///   - inExitBlock: whether to add those of the exit block, or those of the model itself.
    ///   - name: a tensor's name in the output.
    ///   - add: adds a tensor by its name, format, shape and bytes.
    func addTensors(
        inExitBlock: Bool = false, named name: (ModelTensor) -> String,
        _ add: (String, DType, [Int], @escaping @Sendable (ByteOutput) throws(CheckpointError) -> Void) -> Void
    ) throws {
        let (pool, quantized) = (try ThreadPool(checking: threads), quantized)
        for entry in plan.entries where entry.tensor.isInExitBlock == inExitBlock {
            let name = name(entry.tensor)
            add(name, entry.conversion.dtype, entry.tensor.shape) { (output) throws(CheckpointError) in
                try entry.write(to: output, on: pool, listing: quantized, as: name)
            }
        }
    }
}
