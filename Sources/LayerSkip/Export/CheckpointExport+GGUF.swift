import CheckpointFiles
import LanguageModels
import TensorCore
import TextTokens

extension CheckpointExport {
    /// The file's metadata and tensors.
    func ggufWriter() throws -> GGUFWriter {
        var writer = GGUFWriter()
        writer.metadata = try ggufMetadata()
        for factors in model.configuration.ggufRoPETensors {
            writer.add(factors.name, factors.dtype, shape: factors.shape) { factors }
        }
        try addTensors(named: \.ggufName) { writer.add($0, $1, shape: $2, writing: $3) }
        return writer
    }

    /// The file of the exit block; nil if there is none.
    func exitBlockWriter() throws -> GGUFWriter? {
        guard let exit = model.configuration.exitBlock else { return nil }
        var writer = GGUFWriter()
        writer.metadata["general.architecture"] = .string(ExitBlockFile.architecture)
        writer.metadata["general.quantization_version"] = .uint32(2)
        writer.metadata[ExitBlockFile.key] = .uint32(UInt32(exit))
        try addTensors(inExitBlock: true, named: \.ggufName) { writer.add($0, $1, shape: $2, writing: $3) }
        return writer
    }

    private func ggufMetadata() throws -> GGUFMetadata {
        var metadata = GGUFMetadata(file: "new GGUF file")
        switch checkpoint.files {
        case .gguf(let file, _):
            // All its metadata, such as the license, still applies.
            metadata = file.metadata
        case .folder(let folder, _):
            metadata["general.architecture"] = .string(model.configuration.architecture.ggufName)
            metadata["general.name"] = .string(folder.name)
            model.configuration.write(to: &metadata)
            let rows = model.configuration.vocabularySize
            _ = try checkpoint.tokenizerOfRows().write(to: &metadata, count: rows)
            checkpoint.recommended.write(to: &metadata)
            checkpoint.templates.write(to: &metadata)
        }
        for gain in plan.inexactGains { metadata[gain.key] = .array(.float32s(gain.values)) }
        // A tuning that found no fast exit replaces the source's setting, too.
        if checkpoint.tuning?.tuning != nil { SpeculationSetting.remove(from: &metadata) }
        speculation?.write(to: &metadata)
        DraftExits.write(exitLayers, to: &metadata)
        if let written = checkpoint.writtenTokens { TokenRanking.write(written, to: &metadata) }
        if let name { metadata["general.name"] = .string(name.text) }
        if let recipe = choice?.recipe {
            metadata["general.file_type"] = .uint32(recipe.fileType)
            choice?.importance.write(to: &metadata)
        } else if metadata["general.file_type"] == nil {
            metadata["general.file_type"] = .uint32(plan.mainFormat.ggufFileType)
        }
        if plan.entries.contains(where: { $0.conversion.dtype.isQuantized }) {
            metadata["general.quantization_version"] = .uint32(2)
        }
        return metadata
    }
}

extension ImportanceMatrix? {
    /// Says what the importance was measured on, as llama-quantize does, in place of what the source says.
    fileprivate func write(to metadata: inout GGUFMetadata) {
        let prefix = "quantize.imatrix."
        metadata[prefix + "file"] = nil
        metadata[prefix + "dataset"] = self?.datasets.first.map { .string($0) }
        metadata[prefix + "entries_count"] = self.map { .int32(Int32(clamping: $0.names.count)) }
        metadata[prefix + "chunks_count"] = self.map { .int32(Int32(clamping: $0.chunkCount)) }
    }
}
