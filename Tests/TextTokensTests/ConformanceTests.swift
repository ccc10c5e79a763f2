import LayerSkip
import TestSupport
import Testing

@testable import TextTokens

/// llama.cpp's own test vectors: 46 or 50 difficult texts per vocabulary.
@Suite(.enabled(if: Fixtures.tokenizerVectors != nil || Fixtures.required))
struct ConformanceTests {
    @Test(arguments: [
        "llama-bpe", "llama-spm", "gpt-2", "starcoder", "refact", "qwen2", "deepseek-llm", "deepseek-coder", "phi-3",
        "command-r", "falcon", "mpt", "qwen35", "gemma-4",
    ])
    func tokensAreThoseOfTheReference(_ name: String) throws {
        let path = try #require(Fixtures.tokenizerVectors) + "/ggml-vocab-\(name).gguf"
        let tokenizer = try Tokenizer(ofFile: path)
        var texts = try text(path + ".inp").split(
            separator: "\n__ggml_vocab_test__\n", omittingEmptySubsequences: false)
        if texts.last?.isEmpty == true { texts.removeLast() }  // most files end with a separator
        let outputs = try text(path + ".out").split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(texts.count >= 46 && outputs.count == texts.count)
        for (text, output) in zip(texts, outputs) {
            let ids = try tokenizer.encode(String(text), addingSpecialTokens: false)
            #expect(ids == output.split(separator: " ").compactMap { Int32($0) }, "\(text.debugDescription)")
            #expect(tokenizer.decode(ids) == text)
            #expect(streamed(ids, tokenizer) == text)
        }
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try MappedFile(path: path).contents, as: UTF8.self)
    }

    private func streamed(_ ids: [Int32], _ tokenizer: Tokenizer) -> String {
        var detokenizer = StreamingDetokenizer(tokenizer)
        return ids.map { detokenizer.append($0) }.joined() + detokenizer.finish()
    }
}
