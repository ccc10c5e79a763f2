import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

@Suite("Optional keys of a Llama's GGUF file")
struct ConfigurationTests {
    private func configuration(_ change: (inout GGUFMetadata) -> Void) throws -> ModelConfiguration {
        let folder = TemporaryFolder()
        let path = folder.file("tiny.gguf")
        var writer = TinyLlamaFile().writer()
        change(&writer.metadata)
        try writer.write(to: path)
        return try Transformer(StoredModel(ModelFiles(GGUFFile(path: path))), on: ComputeContext(table: tableNames[0]))
            .configuration
    }

    @Test func shapesAreRead() throws {
        let found = try configuration { _ in }
        #expect(found.layerCount == 2 && found.width == 64 && found.feedForwardWidth == 96)
        #expect(found.attention == AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 16))
        #expect(found.vocabularySize == 320 && found.contextLength == 512)
        #expect(found.normEpsilon == 1e-5 && found.rope == RoPE(base: 10_000))
    }

    @Test(arguments: ["llama.vocab_size", "llama.rope.freq_base", "llama.rope.dimension_count"])
    func optionalKeysHaveDefaults(key: String) throws {
        let all = try configuration { _ in }
        #expect(try configuration { $0[key] = nil } == all)
    }

    @Test func keysOfUnknownMeaningAreSaid() throws {
        #expect(try configuration { $0["llama.expert_used_count"] = .uint32(0) }.notes.texts == [])
        let found = try configuration {
            $0["llama.attention.clamp_kqv"] = .float32(8)
            $0["qwen2.attention.clamp_kqv"] = .float32(8)
        }
        #expect(
            found.notes.texts == [
                "the metadata has a key of unknown meaning, which is ignored: \"llama.attention.clamp_kqv\""
            ])
    }

    @Test func groupsAreOptional() throws {
        // The file's keys are 2 heads wide; one group per head needs twice that.
        let error = try #require(throws: CheckpointError.self) {
            try configuration { $0["llama.attention.head_count_kv"] = nil }
        }
        #expect(error.expected == "shape [64, 64]")
    }

    /// As in llama.cpp, a factor without a type means linear scaling, and "none" overrides it.
    @Test func linearScalingHasSeveralSpellings() throws {
        let key = "llama.rope.scaling.factor"
        let type = "llama.rope.scaling.type"
        func factor(_ change: (inout GGUFMetadata) -> Void) throws -> Double {
            switch try configuration(change).rope.scaling {
            case .linear(let factor): factor
            default: 1
            }
        }
        #expect(try factor { $0[type] = .string("none") } == 1)
        #expect(try factor { $0[key] = .float32(4) } == 4)
        #expect(try factor { $0["llama.rope.scale_linear"] = .float32(2) } == 2)
        #expect(
            try factor {
                $0[type] = .string("linear")
                $0[key] = .float32(4)
            } == 4)
        #expect(
            try factor {
                $0[type] = .string("none")
                $0[key] = .float32(4)
            } == 1)
    }
}
