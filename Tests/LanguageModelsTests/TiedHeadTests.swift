import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@testable import LanguageModels

/// Folders with a tied head that also store one: a copy of the embedding is ignored, a different head is used.
struct TiedHeadTests {
    private let folder = TemporaryFolder()
    private let names = ["model.embed_tokens.weight", "lm_head.weight"]

    /// A model folder of one layer whose head is the embedding plus a number.
    private func model(isTied: Bool?, headPlus difference: Float?, as headType: DType = .f32) throws -> StoredModel {
        let tied = isTied.map { ",\"tie_word_embeddings\":\($0)" } ?? ""
        folder.write(
            Array(
                (#"{"model_type":"llama","vocab_size":4,"hidden_size":8,"intermediate_size":8,"num_hidden_layers":1,"#
                    + #""num_attention_heads":1,"max_position_embeddings":8\#(tied)}"#).utf8), as: "config.json")
        let configuration = try HuggingFaceConfiguration(path: folder.file("config.json")).model
        var writer = SafetensorsWriter()
        for tensor in configuration.tensors(isTied: false) {
            let (name, shape) = (tensor.name, tensor.shape)
            let isHead = name == names[1]
            guard !isHead || difference != nil else { continue }
            let numbers = (0..<shape.reduce(1, *)).map { Float($0) + (isHead ? difference ?? 0 : 0) }
            let type = isHead ? headType : .f32
            let tensor = StoredTensor(name: name, dtype: type, shape: shape, bytes: type.quantize(numbers))
            writer.add(name, type, shape: shape) { tensor }
        }
        try writer.write(to: folder.file("model.safetensors"))
        return try StoredModel(ModelFiles(ModelFolder(path: folder.path)))
    }

    @Test func aCopyIsTheEmbedding() throws {
        let stored = try model(isTied: true, headPlus: 0)
        #expect(stored.tiesHead)
        #expect(!stored.tensors.map(\.name).contains(names[1]))
        // If the file says that the head is not tied, training may change the two separately.
        #expect(try !model(isTied: false, headPlus: 0).tiesHead)
        #expect(try !model(isTied: nil, headPlus: 0).tiesHead)
    }

    @Test func anotherHeadCounts() throws {
        for type in [DType.f32, .bf16] {
            let stored = try model(isTied: true, headPlus: 1, as: type)
            #expect(!stored.tiesHead)
            #expect(stored.tensors.last?.name == names[1])
        }
    }

    @Test func withoutAHeadOnlyATiedModelIsWhole() throws {
        #expect(try model(isTied: true, headPlus: nil).tiesHead)
        for isTied in [false, nil] as [Bool?] {
            let error = #expect(throws: CheckpointError.self) { try model(isTied: isTied, headPlus: nil) }
            #expect(error?.name == "tensor \"lm_head.weight\"")
        }
    }
}
