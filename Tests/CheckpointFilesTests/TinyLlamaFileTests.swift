import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@Suite("The tiny model of the tests")
struct TinyLlamaFileTests {
    @Test func itIsTheSameForTheSameSeed() throws {
        var tiny = TinyLlamaFile()
        let first = try tiny.bytes()
        #expect(try tiny.bytes() == first)
        tiny.seed = 2
        #expect(try tiny.bytes() != first)
    }

    @Test(arguments: [8, 259, 260, 264, 320, 1000]) func theVocabularyIsAsLargeAsTheEmbedding(size: Int) throws {
        var tiny = TinyLlamaFile()
        tiny.vocabularySize = size
        let metadata = try open(tiny.bytes()).metadata
        guard size >= TinyTokenizer.minimumSize else {
            #expect(metadata["tokenizer.ggml.model"] == nil)
            return
        }
        let tokens = try metadata.strings(named: "tokenizer.ggml.tokens")
        #expect(tokens.count == size)
        #expect(Set(tokens).count == size)
        #expect(try metadata.integers(named: "tokenizer.ggml.token_type").count == size)
        #expect(tokens[TinyTokenizer.token(byte: 0x41)] == "A")
        #expect(tokens[TinyTokenizer.token(byte: 0x20)] == "Ġ")
        #expect(tokens[TinyTokenizer.token(byte: 0x0A)] == "Ċ")
        #expect(tokens[TinyTokenizer.token(byte: 0xAD)] == "\u{143}")
        for merge in try metadata.strings(named: "tokenizer.ggml.merges") {
            for part in merge.split(separator: " ") { #expect(tokens.contains(String(part)), "\(merge)") }
            #expect(tokens.contains(merge.filter { $0 != " " }), "\(merge)")
        }
    }

    @Test(arguments: [DType.f32, .f16, .bf16]) func weightsAreOfTheSizeThatFanInWants(dtype: DType) throws {
        var tiny = TinyLlamaFile()
        tiny.matrixType = dtype
        let tensor = try #require(try open(tiny.bytes()).tensor(named: "token_embd.weight"))
        #expect(tensor.dtype == dtype)
        let numbers: [Float] = tensor.withBytes { bytes in
            bytes.withUnsafeBytes { bytes in
                switch dtype {
                case .f32: Array(bytes.bindMemory(to: Float.self))
                case .f16: bytes.bindMemory(to: Float16.self).map { Float($0) }
                default: bytes.bindMemory(to: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
                }
            }
        }
        let variance = numbers.reduce(0) { $0 + $1 * $1 } / Float(numbers.count)
        #expect(abs(variance * 64 - 1) < 0.05)
        #expect(abs(numbers.reduce(0, +) / Float(numbers.count)) < 0.01)
    }

    @Test func matricesTakeTheirFormatsInTurn() throws {
        var tiny = TinyLlamaFile()
        tiny.matrixTypes = [.q8_0, .f16]
        let file = try open(tiny.bytes())
        func dtype(_ name: String) -> DType? { file.tensor(named: name + ".weight")?.dtype }
        #expect(dtype("token_embd") == .q8_0)
        #expect(dtype("blk.0.attn_q") == .f16)
        #expect(dtype("blk.0.attn_k") == .q8_0)
        #expect(dtype("blk.0.attn_norm") == .f32)
        #expect(dtype("blk.1.ffn_down") == .q8_0)
    }
}
