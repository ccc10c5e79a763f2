import CheckpointFiles
import Foundation
import LanguageModels
import LayerSkip
import TensorCore
import TestSupport
import Testing

@Suite("Quantizing while loading")
struct QuantizedLoadingTests {
    private let folder = TemporaryFolder()

    private func path(_ change: (inout TinyLlamaFile) -> Void = { _ in }) throws -> String {
        var file = TinyLlamaFile()
        file.widen(to: 256)
        file.isTied = false
        change(&file)
        let path = folder.file("\(file.architecture) \(file.matrixTypes.map(\.rawValue)) \(file.width).gguf")
        try file.write(to: path)
        return path
    }

    private func load(_ path: String, _ recipe: QuantizationRecipe?) throws -> TextModel {
        var loading = LoadingOptions()
        loading.quantization = recipe
        return try TextModel(path: path, threads: 2, loading: loading)
    }

    /// A model that was quantized while it was loaded computes every bit that its export computes.
    @Test(arguments: QuantizationRecipe.all, [DType.f32, .bf16])
    func logitsAreThoseOfTheExport(recipe: QuantizationRecipe, stored: DType) throws {
        let source = try path { $0.matrixType = stored }
        let exported = folder.file("\(recipe.name).gguf")
        #expect(try CheckpointExport(path: source, to: .gguf, quantizing: recipe).write(to: exported))
        let (loaded, expected) = (try load(source, recipe), try load(exported, nil))
        #expect(try loaded.logits == expected.logits)
        #expect(loaded.model.weightByteCount == expected.model.weightByteCount)
        #expect(
            loaded.notes.contains { $0.hasPrefix("quantization \(recipe.name): ") && $0.hasSuffix(" while loading") })
        // The format must matter, or the test would not see a model that was not quantized.
        if recipe.name == "q8_0" { #expect(try loaded.logits != load(source, nil).logits) }
    }

    @Test func aFolderLoadsAsItsExport() throws {
        // In other architectures, a folder has another order of rows, and sums of scores are rounded otherwise.
        let source = try path { $0.architecture = .qwen3 }
        let (model, exported) = (folder.file("folder"), folder.file("exported.gguf"))
        #expect(try CheckpointExport(path: source, to: .safetensors, quantizing: .bf16).write(to: model))
        #expect(try CheckpointExport(path: model, to: .gguf, quantizing: .q8_0).write(to: exported))
        #expect(try load(model, .q8_0).logits == load(exported, nil).logits)
        // Without a recipe, BF16 stays BF16.
        let kept = try load(model, nil)
        #expect(kept.model.weightByteCount == (try load(model, .bf16)).model.weightByteCount)
        #expect(kept.model.weightByteCount < (try load(model, .f32)).model.weightByteCount * 51 / 100)
    }

    @Test func quantizedMatricesStay() throws {
        let source = try path { $0.matrixTypes = [.q8_0, .f16] }
        let model = try load(source, .f32)
        let note = try #require(model.notes.first { $0.hasPrefix("quantization f32: ") })
        #expect(
            note.contains("to F32 while loading; ")
                && note.hasSuffix("in Q8_0 as stored, since they are quantized already"))
        let plain = try load(source, nil)
        #expect(try model.logits.count == plain.logits.count && plain.notes.allSatisfy { !$0.contains("quantiz") })
    }

    @Test func rowsThatAreNotWholeBlocksHaveAnotherFormat() throws {
        let source = try path {
            $0.widen(to: 40)
            $0.headDimension = 16
        }
        let notes = try load(source, .q8_0).notes
        #expect(notes.contains { $0.contains("rows of 40, no multiple of 32, are F16 instead of Q8_0") }, "\(notes)")
    }

    /// The error is that of an export.
    @Test func infiniteElementsAreRefused() throws {
        let name = "blk.1.ffn_up.weight"
        let path = folder.file("infinite.gguf")
        try TinyLlamaFile().write(to: path)
        let start = try #require(try GGUFFile(path: path).tensors.first { $0.name == name }).range.lowerBound
        var bytes = Array(try Data(contentsOf: URL(filePath: path)))
        bytes.replaceSubrange(
            start + 4 * (5 * 64 + 33)..<start + 4 * (5 * 64 + 34), with: DType.f32.quantize([.infinity]))
        try Data(bytes).write(to: URL(filePath: path))
        #expect {
            try load(path, .q8_0)
        } throws: {
            ($0 as? CheckpointError)?.name == "tensor \"\(name)\"" && "\($0)".contains("inf in row 5, column 33")
        }
    }
}

extension TextModel {
    /// The logits of a few tokens' last row.
    var logits: [Float] {
        get throws {
            var cache = KVCache(for: model)
            let hidden = model.run(0..<model.layerCount, model.embed([5, 77, 300, 12]), &cache)
            return model.logits(hidden[rows: 3..<4]).values
        }
    }
}
