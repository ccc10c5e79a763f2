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

        if let exit = model.configuration.exitBlock {
            var writer = SafetensorsWriter()
            writer.metadata[ExitBlockFile.key] = "\(exit)"
            try addTensors(inExitBlock: true, named: \.name) { writer.add($0, $1, shape: $2, writing: $3) }
            try writer.write(to: folder.path(for: ModelFolder.Name.exitBlock))
        }
        var writer = SafetensorsWriter()
        try addTensors(named: \.name) { writer.add($0, $1, shape: $2, writing: $3) }
        try writer.write(to: folder.path(for: ModelFolder.Name.weights), progress: progress)
        try folder.commit()
    }
}
