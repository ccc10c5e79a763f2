import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import LayerSkip

@Suite("What a model folder can say")
struct ModelDescriptionTests {
    private let llama = ModelConfiguration(
        layerCount: 1, width: 8, feedForwardWidth: 8,
        attention: AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 8), vocabularySize: 3, contextLength: 8,
        normEpsilon: 1e-5, rope: RoPE(base: 10_000))

    private func describe(_ llama: ModelConfiguration, _ tokenizer: TokenizerDefinition) throws {
        let model = StoredModel(llama, RandomInitializer(seed: 1, llama, isTied: true))
        _ = try ModelDescription(model, dtype: .f32, tokenizer: tokenizer)
    }

    private func tokenizer(model: TokenizerModel) -> TokenizerDefinition {
        var tokenizer = TokenizerDefinition(model: model, preTokenizer: "smollm", tokens: ["<s>", "a", "b"])
        tokenizer.merges = []
        tokenizer.scores = [0, 0, 0]
        return tokenizer
    }

    /// The error appears before a run's first step, not when the run saves a checkpoint.
    @Test func whatItCannotSayIsKnownAtOnce() throws {
        try describe(llama, tokenizer(model: .byteLevel))
        var twice = tokenizer(model: .byteLevel)
        twice.tokens[2] = "a"
        #expect(throws: TokenizerError.duplicateToken("a")) { try describe(llama, twice) }
        var scaled = llama
        scaled.rope.scaling = .divided([1, 2, 1, 2])
        #expect(throws: CheckpointError.self) { try describe(scaled, tokenizer(model: .byteLevel)) }
    }

    @Test func tokenizersThatContradictThemselvesAreErrors() {
        var wild = tokenizer(model: .byteLevel)
        wild.endOfText = 1000
        #expect(throws: TokenizerError.self) { try describe(llama, wild) }
        var short = tokenizer(model: .byteLevel)
        short.kinds = [3]
        _ = short.fingerprint
        #expect(throws: TokenizerError.self) { try describe(llama, short) }
    }

    /// Naming a token in tokenizer_config.json makes it special, and a text with its letters is encoded otherwise.
    @Test func ordinaryTokensAreNotNamed() throws {
        let folder = TemporaryFolder()
        var plain = tokenizer(model: .byteLevel)
        plain.kinds = [3, 1, 1]
        (plain.padding, plain.endOfText) = (1, 0)
        let model = StoredModel(llama, RandomInitializer(seed: 1, llama, isTied: true))
        var written = try ReplacementFolder(folder.file("model"))
        try ModelDescription(model, dtype: .f32, tokenizer: plain).write(into: &written)
        try written.commit()
        let members = try JSONMembers(file: folder.file("model/tokenizer_config.json"))
        #expect(members["pad_token"] == nil && members["eos_token"] == "\"<s>\"")
        #expect(try JSONMembers(file: folder.file("model/config.json"))["pad_token_id"] == "1")
    }

    @Test func filesAreNotNamedLikePhi3WithoutItsTokens() {
        let own = ["</s>", "<unk>", "<s>", "<|endoftext|>", "a"]
        #expect(GGUFName("Phi-3-mini", tokens: own).text == "Phi-3-mini")
        let changed = GGUFName("My Phi-3-mini", tokens: ["a"])
        #expect(changed.text == "My Phi 3-mini" && changed.note != nil)
        #expect(GGUFName("Llama", tokens: ["a"]).note == nil)
    }
}
