import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@testable import LanguageModels

/// Settings as other programs write them.
@Suite("Variants of configurations")
struct ConfigurationVariantTests {
    private let folder = TemporaryFolder()

    private func configuration(
        _ writer: GGUFWriter, _ change: (inout GGUFMetadata) -> Void
    ) throws -> ModelConfiguration {
        var writer = writer
        change(&writer.metadata)
        try writer.write(to: folder.file("model.gguf"))
        return try StoredModel(ModelFiles(path: folder.file("model.gguf"))).configuration
    }

    private func sample(_ architecture: Architecture) throws -> GGUFWriter {
        try #require(SampleModel.all.first { $0.configuration.architecture == architecture }).ggufWriter()
    }

    /// llama.cpp's converter of Granite's hybrids lists numbers by layer, and its own writer has 0 for no scaling, and
    /// caps that no graph of a Llama applies.
    @Test func filesOfLlamaCppMeanTheSame() throws {
        let writer = TinyLlamaFile().writer()
        let plain = try configuration(writer) { _ in }
        let other = try configuration(writer) {
            $0["llama.attention.head_count_kv"] = .array(.int32s([2, 2]))
            $0["llama.feed_forward_length"] = .array(.uint32s([96, 96]))
            $0["llama.rope.scaling.type"] = .string("linear")
            $0["llama.rope.scaling.factor"] = .float32(0)
            $0["llama.attn_logit_softcapping"] = .float32(50)
            $0["llama.final_logit_softcapping"] = .float32(30)
        }
        #expect(plain.attention.keyValueHeads == 2 && other == plain)
        let granite = try configuration(try sample(.granite)) {
            $0["granite.residual_scale"] = .float32(0)
            $0["granite.embedding_scale"] = .float32(0)
        }
        #expect(granite.multipliers.residual == 1 && granite.multipliers.embedding == 1)
        #expect(throws: CheckpointError.self) {
            try configuration(try sample(.granite)) { $0["granite.logit_scale"] = .float32(0) }
        }
        #expect(throws: CheckpointError.self) {
            try configuration(try sample(.granite)) { $0["granite.rope.scaling.finetuned"] = .bool(false) }
        }
        #expect(throws: CheckpointError.self) {
            try configuration(try sample(.gemma3)) { $0["gemma3.final_logit_softcapping"] = .float32(30) }
        }
    }

    @Test func basesOfGemmaAreThoseOfTransformersAndOllama() throws {
        let writer = try sample(.gemma3)
        let unstated = try configuration(writer) {
            $0["gemma3.rope.freq_base"] = nil
            $0["gemma3.rope.freq_base_swa"] = nil
        }
        #expect(unstated.rope.base == 1_000_000 && unstated.slidingRoPE?.base == 10_000)
        let older = try configuration(writer) {
            $0["gemma3.rope.freq_base"] = nil
            $0["gemma3.rope.freq_base_swa"] = nil
            $0["gemma3.rope.global.freq_base"] = .float32(500_000)
            $0["gemma3.rope.local.freq_base"] = .float32(20_000)
        }
        #expect(older.rope.base == 500_000 && older.slidingRoPE?.base == 20_000 && older.notes.texts.isEmpty)
    }

    /// Null is not the default of transformers' class, but the number of heads.
    @Test func noKeyValueHeadsMeansAllHeads() throws {
        for architecture in ["mistral", "qwen2", "llama"] {
            let found = try folder.configuration([
                "model_type": "\"\(architecture)\"", "num_key_value_heads": "null",
            ])
            #expect(found.model.attention.keyValueHeads == 4, "\(architecture)")
        }
    }

    /// To transformers, a Mistral with a list of layers is a Ministral.
    @Test func windowsOfSomeLayersOfAMistralAreKept() throws {
        let found = try folder.configuration([
            "model_type": "\"mistral\"", "num_hidden_layers": "3", "num_key_value_heads": "2", "sliding_window": "5",
            "layer_types": "[\"full_attention\", \"sliding_attention\", \"full_attention\"]",
        ])
        #expect(found.model.slidingWindow == SlidingWindow(size: 5, layers: [1]))
        let path = folder.file("config.json")
        try TextFile.write(found.json(file: path), to: path)
        #expect(try HuggingFaceConfiguration(path: path).model.slidingWindow == found.model.slidingWindow)
    }
}
