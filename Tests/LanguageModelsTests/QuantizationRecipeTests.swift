import LanguageModels
import TensorCore
import TestSupport
import Testing

@Suite("Recipes of quantized models")
struct QuantizationRecipeTests {
    /// The formats that llama-quantize chooses: by model, recipe and tensors. The tensors of layers have one format
    /// after the other, each with the number of layers: `3 Q6_K 2 Q4_K`.
    private typealias Cases = [String: [String: [String: String]]]

    private static func cases() throws -> Cases { try Goldens.json("quantization-recipes.json") }

    /// A model's name is such as "layers 30, gqa 4, tied, width 256, ffn 512".
    private func configuration(_ name: String) throws -> (configuration: ModelConfiguration, isTied: Bool) {
        let parts = name.split(separator: ", ").map { $0.split(separator: " ").map { String($0) } }
        func number(_ index: Int) throws -> Int { try #require(Int(parts[index][1])) }
        let configuration = ModelConfiguration(
            layerCount: try number(0), width: try number(3), feedForwardWidth: try number(4),
            attention: AttentionShape(heads: 8, keyValueHeads: 8 / (try number(1)), headDimension: try number(3) / 8),
            vocabularySize: 32, contextLength: 32, normEpsilon: 1e-5, rope: RoPE(base: 10_000))
        return (configuration, parts[2] == ["tied"])
    }

    @Test func formatsAreThoseOfLlamaQuantize() throws {
        var compared = 0
        for (name, recipes) in try Self.cases() {
            let (configuration, isTied) = try configuration(name)
            for (title, formats) in recipes {
                let words = title.split(separator: " ")
                let recipe = try #require(QuantizationRecipe(named: String(words[0])))
                for (tensors, expected) in formats {
                    let expected = try runs(expected)
                    for tensor in tensors.split(separator: " ") {
                        let names =
                            expected.count == 1 && !tensor.contains("_") || tensor == "token_embd"
                            ? ["\(tensor).weight"] : expected.indices.map { "blk.\($0).\(tensor).weight" }
                        let found = try names.map { name in
                            let tensor = try #require(
                                configuration.tensors(isTied: isTied).first { $0.ggufName == name })
                            return recipe.dtype(
                                for: tensor, of: configuration, isTied: isTied, hasImportance: words.count > 1)
                        }
                        #expect(found == expected, "\(name): \(title): \(tensor)")
                        compared += found.count
                    }
                }
            }
        }
        #expect(compared > 5000)
    }

    /// `3 Q6_K 2 Q4_K` as five formats.
    private func runs(_ text: String) throws -> [DType] {
        let words = text.split(separator: " ").map { String($0) }
        return try stride(from: 0, to: words.count, by: 2).flatMap { index in
            let dtype = try #require(DType.allCases.first { $0.rawValue.uppercased() == words[index + 1] })
            return Array(repeating: dtype, count: try #require(Int(words[index])))
        }
    }

    /// `enum llama_ftype` in llama.h.
    @Test func namesAndNumbersAreThoseOfLlamaCpp() {
        let numbers: [String: UInt32] = [
            "f32": 0, "f16": 1, "q4_0": 2, "q4_1": 3, "q8_0": 7, "q5_0": 8, "q5_1": 9, "q2_k": 10, "q3_k_s": 11,
            "q3_k_m": 12, "q3_k_l": 13, "q4_k_s": 14, "q4_k_m": 15, "q5_k_s": 16, "q5_k_m": 17, "q6_k": 18,
            "iq4_nl": 25, "iq4_xs": 30, "bf16": 32,
        ]
        for recipe in QuantizationRecipe.all { #expect(recipe.fileType == numbers[recipe.name], "\(recipe.name)") }
        #expect(Set(QuantizationRecipe.names) == Set(numbers.keys) && QuantizationRecipe.all.count == numbers.count)
        #expect(QuantizationRecipe(named: "Q4_K_M") == .q4_K_M)
        #expect(QuantizationRecipe(named: "q4_k") == .q4_K_M && QuantizationRecipe(named: "Q5_K") == .q5_K_M)
        for name in ["", "q4", "q4_k_", "q8_1", "mxfp4", "q6_k_m"] { #expect(QuantizationRecipe(named: name) == nil) }
    }

    /// Llama 2 70B and Qwen 2 72B have small value projections (`LLM_TYPE_70B`).
    @Test func valuesOf70BHaveMoreBits() throws {
        func formats(_ architecture: Architecture, keyValueHeads: Int, layers: Int = 80) -> [DType] {
            let configuration = ModelConfiguration(
                architecture: architecture, layerCount: layers, width: 256, feedForwardWidth: 256,
                attention: AttentionShape(heads: 8, keyValueHeads: keyValueHeads, headDimension: 32),
                vocabularySize: 32, contextLength: 32, normEpsilon: 1e-5, rope: RoPE(base: 10_000))
            return configuration.tensors(isTied: true).filter { $0.role == .value }.map {
                QuantizationRecipe.q4_K_M.dtype(for: $0, of: configuration, isTied: true, hasImportance: false)
            }
        }
        #expect(Set(formats(.llama, keyValueHeads: 1)) == [.q5_K, .q6_K])
        #expect(Set(formats(.qwen2, keyValueHeads: 8)) == [.q5_K, .q6_K])
        #expect(Set(formats(.llama, keyValueHeads: 8)) == [.q4_K, .q6_K])
        #expect(Set(formats(.qwen3, keyValueHeads: 1)) == [.q4_K, .q6_K])
        #expect(Set(formats(.llama, keyValueHeads: 1, layers: 79)) == [.q4_K, .q6_K])
    }

    @Test func overridesReplaceTheRecipesFormats() {
        let configuration = ModelConfiguration(
            layerCount: 4, width: 256, feedForwardWidth: 288,
            attention: AttentionShape(heads: 4, keyValueHeads: 4, headDimension: 64),
            vocabularySize: 32, contextLength: 32, normEpsilon: 1e-5, rope: RoPE(base: 10_000))
        var recipe = QuantizationRecipe.q4_0
        recipe.overrides = [
            FormatOverride(.layers(0...1), .q8_0), FormatOverride(.layers(1...1), .q6_K), FormatOverride(.head, .f16),
        ]
        func formats(isTied: Bool) -> [String: DType] {
            let tensors = configuration.tensors(isTied: isTied).filter { $0.shape.count > 1 }
            return Dictionary(
                uniqueKeysWithValues: tensors.map {
                    ($0.ggufName, recipe.dtype(for: $0, of: configuration, isTied: isTied, hasImportance: false))
                })
        }
        let untied = formats(isTied: false)
        #expect(untied["blk.0.attn_q.weight"] == .q8_0 && untied["blk.0.ffn_down.weight"] == .q8_0)
        // Rows of 288 are not whole blocks of Q6_K.
        #expect(untied["blk.1.attn_q.weight"] == .q6_K && untied["blk.1.ffn_down.weight"] == .q8_0)
        #expect(untied["blk.2.attn_q.weight"] == .q4_0)
        #expect(untied["output.weight"] == .f16 && untied["token_embd.weight"] == .q4_0)
        #expect(formats(isTied: true)["token_embd.weight"] == .f16)
        recipe.overrides.append(FormatOverride(.embedding, .q4_1))
        #expect(formats(isTied: false)["output.weight"] == .f16)
        #expect(formats(isTied: true)["token_embd.weight"] == .q4_1)
    }
}
