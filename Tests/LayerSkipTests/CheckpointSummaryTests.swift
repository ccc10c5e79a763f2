import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@testable import LayerSkip

@Suite("Summaries of models that cannot be run")
struct CheckpointSummaryTests {
    private let files = TemporaryFolder()

    /// A model folder with another `config.json`, and further tensors.
    private func folder(_ configuration: String?) throws -> String {
        if !Folder.exists(files.file("model")) {
            try TinyLlamaFile().write(to: files.file("model.gguf"))
            let export = try CheckpointExport(path: files.file("model.gguf"), to: .safetensors)
            #expect(try export.write(to: files.file("model")))
        }
        if let configuration { files.write(Array(configuration.utf8), as: "model/config.json") }
        return files.file("model")
    }

    @Test func whatRunsHasNoObstacle() throws {
        let path = try folder(nil)
        for path in [path, files.file("model.gguf")] {
            let summary = try CheckpointSummary(path: path)
            #expect(summary.obstacle == nil && summary.shape?.layerCount == 2 && summary.architecture == "llama")
            #expect(summary.tensors.allSatisfy { $0.dtype == .f32 && $0.format == "F32" })
        }
    }

    @Test func otherArchitecturesAreShown() throws {
        let path = try folder(
            """
            {"model_type": "cohere", "vocab_size": 320, "hidden_size": 64, "intermediate_size": 96,
             "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16,
             "max_position_embeddings": 512, "logit_scale": 0.0625}
            """)
        let summary = try CheckpointSummary(path: path)
        #expect(summary.obstacle?.found == "\"cohere\"" && summary.architecture == "cohere" && summary.name == "model")
        #expect(summary.shape == (try ModelShape(Checkpoint(path: files.file("model.gguf")).configuration)))
        #expect(summary.tensors.count == 20 && summary.tokenizerModel == "gpt2" && summary.notes == [])
        #expect(throws: CheckpointError.self) { try Checkpoint(path: path) }
        // Sizes under other names are unknown.
        let other = try CheckpointSummary(path: folder(#"{"architectures": ["GPT2LMHeadModel"], "n_embd": 64}"#))
        #expect(other.shape == nil && other.architecture == "GPT2LMHeadModel" && other.tensors.count == 20)
        // A multimodal model has the sizes of its text model.
        let text =
            #"{"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4, "#
            + #""vocab_size": 320, "max_position_embeddings": 8}"#
        let outer = try CheckpointSummary(path: folder("{\"model_type\": \"llava\", \"text_config\": \(text)}"))
        #expect(outer.shape?.layerCount == 3 && outer.shape?.attention.headDimension == 16)
    }

    @Test func otherGGUFFilesAreShown() throws {
        var writer = TinyLlamaFile().writer()
        for key in writer.metadata.keys where key.hasPrefix("llama.") {
            writer.metadata["mamba" + key.dropFirst(5)] = writer.metadata[key]
        }
        writer.metadata["general.architecture"] = .string("mamba")
        writer.metadata["split.count"] = .uint16(2)
        try writer.write(to: files.file("other.gguf"))
        let summary = try CheckpointSummary(path: files.file("other.gguf"))
        #expect(summary.obstacle?.found == "\"mamba\"" && summary.architecture == "mamba" && summary.version == 3)
        #expect(summary.shape?.layerCount == 2 && summary.shape?.vocabularySize == 320)
        #expect(summary.tensors.count == 20 && summary.tokenizerModel == "gpt2" && summary.preTokenizer == "smollm")
    }

    /// Weights that are missing, of another shape, or more than the model has.
    @Test(arguments: [
        (#""num_hidden_layers" : 2"#, #""num_hidden_layers" : 3"#, "no such tensor"),
        (#""num_hidden_layers" : 2"#, #""num_hidden_layers" : 1"#, "an unknown tensor"),
        (#""intermediate_size" : 96"#, #""intermediate_size" : 95"#, "[96, 64]"),
        (#""vocab_size" : 320"#, #""vocab_size" : 319"#, "[320, 64]"),
    ]) func weightsThatDoNotFitAreAnObstacle(old: String, new: String, found: String) throws {
        let path = try folder(nil)
        let text = try TextFile.text(path + "/config.json")
        try #require(text.contains(old))
        files.write(Array(text.replacing(old, with: new).utf8), as: "model/config.json")
        let summary = try CheckpointSummary(path: path)
        #expect(summary.obstacle?.found == found && summary.tensors.count == 20)
    }

    @Test func tokenizersAreAnObstacle() throws {
        let path = try folder(nil)
        files.write(Array("{}".utf8), as: "model/tokenizer.json")
        let summary = try CheckpointSummary(path: path)
        #expect(summary.notes == summary.obstacle.map { ["not usable: \($0)"] })
        // The name of another architecture comes first.
        let other = try CheckpointSummary(path: folder(#"{"model_type": "phi"}"#))
        #expect(other.obstacle?.found == "\"phi\"" && other.notes.first?.hasPrefix("not usable: ") == true)
    }

    @Test func singleFilesAndAdaptersAreShown() throws {
        let path = try folder(nil)
        let alone = try CheckpointSummary(path: path + "/model.safetensors")
        #expect(alone.obstacle?.found.hasPrefix("a safetensors file; ") == true && alone.tensors.count == 20)
        #expect(alone.architecture == nil && alone.shape == nil && alone.tokenizerModel == nil)
        let tokenizer = #expect(throws: CheckpointError.self) { try Tokenizer(ofFile: path + "/model.safetensors") }
        #expect(tokenizer?.expected == "a GGUF file, a model folder, a tokenizer.json or a tokenizer.model")
        #expect(tokenizer?.found == alone.obstacle?.found)
        let adapter = files.makeFolder("adapter")
        files.write(try TextFile.bytes(path + "/model.safetensors"), as: "adapter/adapter_model.safetensors")
        #expect(try CheckpointSummary(path: adapter).obstacle?.found.hasPrefix("other safetensors files") == true)
        files.write(Array("{}".utf8), as: "adapter/adapter_config.json")
        #expect(try CheckpointSummary(path: adapter).obstacle?.name == "key \"peft_type\"")
        // A description without weights.
        let empty = files.makeFolder("empty")
        files.write(Array(#"{"model_type": "llama"}"#.utf8), as: "empty/config.json")
        #expect(try CheckpointSummary(path: empty).tensors.count == 0)
    }

    @Test func whatCannotBeParsedIsAnError() throws {
        let path = try folder(#"{"model_type": "cohere"}"#)
        files.write([1, 2, 3], as: "model/model.safetensors")
        for path in [path, files.makeFolder("nothing"), files.file("none"), files.write([1], as: "one"), "a/b"] {
            #expect(throws: CheckpointError.self) { try CheckpointSummary(path: path) }
        }
    }

    @Test func namesAreInNaturalOrder() throws {
        let names = ["b.10.x", "b.2.x", "a", "b.2.w10", "b.2.w9", "b.x", "b.99999999999999999999.x", "b.02.y", ""]
        let expected = ["", "a", "b.2.w9", "b.2.w10", "b.2.x", "b.02.y", "b.10.x", "b.99999999999999999999.x", "b.x"]
        #expect(names.sorted(byName: { $0 }) == expected)
        var tiny = TinyLlamaFile()
        tiny.layers = 12
        try tiny.write(to: files.file("twelve.gguf"))
        let norms = try CheckpointSummary(path: files.file("twelve.gguf")).tensors.map(\.name).filter {
            $0.hasSuffix(".attn_norm.weight")
        }
        #expect(norms == (0..<12).map { "blk.\($0).attn_norm.weight" })
    }
}
