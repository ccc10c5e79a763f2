import CheckpointFiles
import LanguageModels
import TensorCore

extension CheckpointExport {
    func writeFolder(to path: String, progress: (Int) throws(CheckpointError) -> Void) throws {
        let tokenizer = try checkpoint.tokenizerOfRows()
        let description = try ModelDescription(checkpoint, model, dtype: plan.mainFormat, tokenizer: tokenizer)
        var folder = try ReplacementFolder(path)
        // The small files come first, so that errors in them appear before the weights are written.
        try description.write(into: &folder)

        var writer = SafetensorsWriter()
        let (pool, quantized) = (try ThreadPool(checking: threads), quantized)
        quantized.removeAll()
        for entry in plan.entries {
            let tensor = entry.tensor
            writer.add(tensor.name, entry.conversion.dtype, shape: tensor.shape) {
                (output) throws(CheckpointError) in
                try entry.write(to: output, on: pool, listing: quantized, as: tensor.name)
            }
        }
        try writer.write(to: folder.path(for: ModelFolder.Name.weights), progress: progress)
        try folder.commit()
    }
}
