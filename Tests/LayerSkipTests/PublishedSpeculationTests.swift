import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import LayerSkip

/// The published LayerSkip checkpoints are known by their shapes, and draft by default if they also have their names.
struct PublishedSpeculationTests {
    private func llama(
        layers: Int, width: Int, _ feedForwardWidth: Int, heads: Int, _ keyValueHeads: Int, ropeBase: Double
    ) -> ModelConfiguration {
        ModelConfiguration(
            layerCount: layers, width: width, feedForwardWidth: feedForwardWidth,
            attention: AttentionShape(heads: heads, keyValueHeads: keyValueHeads, headDimension: width / heads),
            vocabularySize: 32000, contextLength: 4096, normEpsilon: 1e-5, rope: RoPE(base: ropeBase))
    }

    @Test func shapesAreRecognised() throws {
        for (model, name, exitLayer) in [
            (llama(layers: 32, width: 4096, 11008, heads: 32, 32, ropeBase: 1e4), "layerskip-llama2-7B", 8),
            (llama(layers: 40, width: 5120, 13824, heads: 40, 40, ropeBase: 1e4), "layerskip-llama2-13B", 15),
            (llama(layers: 80, width: 8192, 28672, heads: 64, 8, ropeBase: 1e4), "layerskip-llama2-70B", 10),
            (llama(layers: 32, width: 4096, 11008, heads: 32, 32, ropeBase: 1e6), "layerskip-codellama-7B", 4),
            (llama(layers: 48, width: 8192, 22016, heads: 64, 8, ropeBase: 1e6), "layerskip-codellama-34B", 8),
            (llama(layers: 32, width: 4096, 14336, heads: 32, 8, ropeBase: 5e5), "layerskip-llama3-8B", 4),
            (llama(layers: 16, width: 2048, 8192, heads: 32, 8, ropeBase: 5e5), "layerskip-llama3.2-1B", 4),
        ] {
            let found = try #require(PublishedSpeculation(model, names: ["models/Llama-2-7b-hf"]))
            #expect(found.checkpoint == name && !found.isNamed)
            #expect(found.setting == SpeculationSetting(exitLayer: exitLayer, draftLength: 6))
            for named in ["/models/\(name)", name.lowercased() + "-Q8_0.gguf", "Layerskip Llama2 7B \(name)"] {
                #expect(PublishedSpeculation(model, names: ["x", named])?.isNamed == true)
            }
            // A folder of this project is not a checkpoint's name.
            #expect(PublishedSpeculation(model, names: ["/home/me/layerskip/llama"])?.isNamed == false)
            var other = model
            other.architecture = .qwen2
            #expect(PublishedSpeculation(other, names: [name]) == nil)
            other = model
            other.layerCount -= 1
            #expect(PublishedSpeculation(other, names: [name]) == nil)
        }
        let converted = llama(layers: 16, width: 2048, 8192, heads: 32, 8, ropeBase: 5e5)
        #expect(PublishedSpeculation(converted, names: ["Layerskip Llama3.2 1B"])?.isNamed == true)
    }

    @Test func onlyTheModelsPartOfAPathNamesIt() {
        let hub = "/cache/models--facebook--layerskip-llama3-8B/snapshots/0123"
        #expect(PublishedSpeculation.names(of: hub) == ["0123", "0123", "models--facebook--layerskip-llama3-8B"])
        let other = PublishedSpeculation.names(of: "/layerskip-llama3.2-1B-vs-base/Llama-3.2-1B")
        #expect(other.allSatisfy { !$0.contains("layerskip") })
    }

    /// A GGUF header with the shape of the 1B checkpoint. Its tensors are missing, so it can only be opened.
    @Test func aFilesOwnSettingComesFirst() throws {
        let files = TemporaryFolder()
        func open(_ name: String, _ change: (inout GGUFMetadata) -> Void = { _ in }) throws -> Checkpoint {
            var writer = TinyLlamaFile().writer()
            var empty = GGUFWriter()
            writer.metadata["llama.block_count"] = .uint32(16)
            writer.metadata["llama.embedding_length"] = .uint32(2048)
            writer.metadata["llama.feed_forward_length"] = .uint32(8192)
            writer.metadata["llama.attention.head_count"] = .uint32(32)
            writer.metadata["llama.attention.head_count_kv"] = .uint32(8)
            writer.metadata["llama.rope.freq_base"] = .float32(500_000)
            writer.metadata["llama.vocab_size"] = .uint32(320)
            for key in ["attention.key_length", "attention.value_length", "rope.dimension_count"] {
                writer.metadata["llama." + key] = nil
            }
            change(&writer.metadata)
            empty.metadata = writer.metadata
            try empty.write(to: files.file(name))
            return try Checkpoint(path: files.file(name))
        }
        let setting = SpeculationSetting(exitLayer: 4, draftLength: 6)
        let plain = try open("model.gguf")
        #expect(plain.speculation == nil && plain.published?.setting == setting)
        #expect(try open("layerskip-llama3.2-1B.Q8_0.gguf").speculation == setting)
        #expect(try open("a.gguf") { $0["general.name"] = .string("LayerSkip llama3.2 1B") }.speculation == setting)
        let own = try open("layerskip-llama3.2-1B.gguf") {
            $0["layerskip.exit_layer"] = .uint32(7)
            $0["layerskip.draft_length"] = .uint32(3)
        }
        #expect(own.speculation == SpeculationSetting(exitLayer: 7, draftLength: 3) && own.published == nil)
    }
}
