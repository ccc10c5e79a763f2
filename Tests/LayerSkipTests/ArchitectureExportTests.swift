import CheckpointFiles
import LanguageModels
import LayerSkip
import TensorCore
import TestSupport
import Testing

/// Folders of every architecture, exported to GGUF files and back.
@Suite("Exporting every architecture")
struct ArchitectureExportTests {
    private let folder = TemporaryFolder()

    /// Writes a model's folder with all tensors in one format.
    private func write(_ sample: SampleModel, _ dtype: DType) throws -> String {
        // The tokenizer is a tiny Llama's.
        try TinyLlamaFile().write(to: folder.file("llama.gguf"))
        let path = try export(folder.file("llama.gguf"), to: .safetensors, as: sample.description)
        var sample = sample
        sample.configuration.vocabularySize = 320
        let stored = sample.stored()
        var writer = SafetensorsWriter()
        for tensor in stored.tensors {
            var values = try stored.source.tensor(named: tensor.name, shape: tensor.shape).floats
            // Gains of Gemma 3 from which 1 cannot be added and subtracted without loss.
            if tensor.kind.isGain { values.replaceSubrange(0..<3, with: [1e-6, -3e-8, 0]) }
            let converted = StoredTensor(
                name: tensor.name, dtype: dtype, shape: tensor.shape, bytes: dtype.quantize(values))
            writer.add(tensor.name, dtype, shape: tensor.shape) { converted }
        }
        try writer.write(to: path + "/model.safetensors")
        let configuration = HuggingFaceConfiguration(
            model: sample.configuration, tiesHead: sample.isTied, beginningOfText: 1, endsOfText: [2], dtype: dtype)
        try TextFile.write(configuration.json(file: path), to: path + "/config.json")
        return path
    }

    private func export(_ path: String, to target: CheckpointExport.Target, as name: String) throws -> String {
        #expect(try CheckpointExport(path: path, to: target).write(to: folder.file(name)))
        return folder.file(name)
    }

    @Test(arguments: SampleModel.all, [DType.f32, .bf16, .f16])
    func everyBitComesBack(sample: SampleModel, dtype: DType) throws {
        let source = try write(sample, dtype)
        let gguf = try export(source, to: .gguf, as: "model.gguf")
        let back = try export(gguf, to: .safetensors, as: "back")
        let (before, after) = (
            try SafetensorsFile(path: source + "/model.safetensors"),
            try SafetensorsFile(path: back + "/model.safetensors")
        )
        #expect(Set(after.tensors.map(\.name)) == Set(before.tensors.map(\.name)))
        for info in before.tensors {
            let (old, new) = (before.tensor(named: info.name), after.tensor(named: info.name))
            #expect(old?.dtype == dtype && new?.dtype == dtype && old?.shape == new?.shape, "\(info.name)")
            #expect(old?.storedBytes == new?.storedBytes, "\(info.name)")
        }
        let configurations = try [source, gguf, back].map { try StoredModel(ModelFiles(path: $0)).configuration }
        #expect(configurations[1] == configurations[0] && configurations[2] == configurations[0])
    }

    /// llama.cpp reads gains as factors, whatever the folder stores.
    @Test(arguments: SampleModel.all) func ggufFilesHoldFactors(sample: SampleModel) throws {
        let source = try write(sample, .bf16)
        let file = try GGUFFile(path: export(source, to: .gguf, as: "model.gguf"))
        let folder = try SafetensorsFile(path: source + "/model.safetensors")
        var configuration = sample.configuration
        configuration.vocabularySize = 320
        let offset: Float = sample.configuration.architecture == .gemma3 ? 1 : 0
        for tensor in configuration.tensors(isTied: sample.isTied) where tensor.kind == .gain {
            let factors = try #require(folder.tensor(named: tensor.name)).floats.map { $0 + offset }
            let stored = try #require(file.tensor(named: tensor.ggufName))
            #expect(stored.dtype == .f32 && stored.floats == factors, "\(tensor.name)")
        }
        // Numbers that 1 + w rounds are in the metadata, of Gemma's files only.
        let kept = file.metadata["layerskip.minus_one.output_norm.weight"]
        #expect((kept != nil) == (sample.configuration.architecture == .gemma3))
    }

    /// Rows in another order give the same sums.
    @Test(arguments: SampleModel.all) func theTextIsTheSame(sample: SampleModel) throws {
        let source = try write(sample, .f32)
        let texts = try [source, export(source, to: .gguf, as: "model.gguf")].map { path in
            let model = try TextModel(path: path, threads: 1)
            return try TextSession(model, options: .test(maxTokens: 24)).generate(model.tokenizer.encode("the hare"))
                .tokens
        }
        #expect(texts[0] == texts[1] && !texts[0].isEmpty)
    }

    /// What llama.cpp would compute differently is said.
    @Test func notesNameWhatOthersIgnore() throws {
        func notes(_ name: String) throws -> [String] {
            let sample = try #require(SampleModel.all.first { $0.description == name })
            return try CheckpointExport(path: write(sample, .f32), to: .gguf).notes
        }
        #expect(
            try notes("Mistral") == [
                "llama.cpp ignores the sliding window of 5 tokens of a mistral model: it will write other texts"
            ])
        #expect(
            try notes("Granite") == [
                "llama.cpp cannot open a granite model with heads that together are not as wide as the model"
            ])
        #expect(try notes("Llama") == [])
    }
}

extension StoredTensor {
    fileprivate var storedBytes: [UInt8] { withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } } }

    fileprivate var floats: [Float] {
        withBytes { bytes in
            unsafe bytes.withUnsafeBytes { unsafe dtype.dequantize($0, columns: shape.reduce(1, *)) }
        }
    }
}
