import CheckpointFiles
import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing

/// The tiny models as transformers saves them.
@Suite("Model folders")
struct ModelFolderTests {
    let folder = TemporaryFolder()

    private static func golden(_ name: String) throws -> StoredModel {
        try StoredModel(ModelFiles(path: Goldens.path("folders/tiny-\(name)")))
    }

    /// The goldens' GGUF files were also written by Python, which reordered query and key rows.
    @Test(arguments: TinyGoldenTests.names) func theyHoldWhatTheGGUFHolds(name: String) throws {
        let theirs = try StoredModel(ModelFiles(path: Goldens.path("tiny-\(name).gguf")))
        let ours = try Self.golden(name)
        #expect(ours.tiesHead == theirs.tiesHead)
        var (a, b) = (ours.configuration, theirs.configuration)
        let size = a.attention.headDimension
        // GGUF files round some of RoPE's constants to f32, and have Llama 3's frequencies but not its constants.
        for (ours, theirs) in zip(a.rope.numbers(headDimension: size), b.rope.numbers(headDimension: size)) {
            #expect(abs(ours - theirs) <= 1e-6 * theirs)
        }
        (a.rope.scaling, b.rope.scaling) = (.none, .none)
        #expect(a == b)
        let headDimension = ours.configuration.attention.headDimension
        for tensor in ours.tensors {
            let isTurned = tensor.kind.isRotated && theirs.source.ropePairing == .interleaved
            let (tensor, shape, isGain) = (tensor.name, tensor.shape, tensor.kind.isGain)
            let order = TensorConversion.RowOrder(from: .halfSplit, to: .interleaved, headDimension: headDimension)
            var converted = try bytes(ours, tensor, shape, TensorConversion(to: .f32, rows: isTurned ? order : nil))
            if isGain { converted = DType.f32.quantize(floats(converted).map { ours.source.gainOffset + $0 }) }
            #expect(try converted == bytes(theirs, tensor, shape, TensorConversion(to: .f32)), "\(tensor)")
        }
    }

    private func floats(_ bytes: [UInt8]) -> [Float] {
        bytes.withUnsafeBytes { DType.f32.dequantize($0, columns: bytes.count / 4) }
    }

    private func bytes(
        _ model: StoredModel, _ name: String, _ shape: [Int], _ conversion: TensorConversion
    ) throws -> [UInt8] {
        var result: [UInt8] = []
        try conversion.write(model.source.tensor(named: name, shape: shape)) { (bytes) throws(CheckpointError) in
            result += bytes.withUnsafeBytes { Array($0) }
        }
        return result
    }

    private struct Golden: Decodable {
        struct Logits: Decodable {
            let file: String
            let rows: [Int]
        }
        let vocabulary: Int
        let tokens: [Token]
        let logits: Logits
    }

    @Test(arguments: TinyGoldenTests.names, tableNames) func theyComputeWhatTransformersComputes(
        name: String, table: String
    ) throws {
        let golden = try Goldens.json("tiny-\(name).json", as: Golden.self)
        let theirs = try Goldens.floats(golden.logits.file)
        let files = try ModelFiles(path: Goldens.path("folders/tiny-\(name)"))
        let model = try LoadedModel(StoredModel(files), on: ComputeContext(table: table))
        #expect(files.configuration.layerCount == model.layerCount)
        var cache = KVCache(for: model, format: .f32, context: golden.tokens.count)
        let ours = model.logits(golden.tokens, &cache)
        for (index, row) in golden.logits.rows.enumerated() {
            let expected = theirs[index * golden.vocabulary..<(index + 1) * golden.vocabulary]
            #expect(relativeError(ours.row(row), expected) < 1e-5, "row \(row)")
        }
    }

    /// Copies the tied golden with changed files to a separate folder.
    private func changed(
        config: [(String, String)] = [], weights: (inout SafetensorsWriter) -> Void = { _ in }
    ) throws -> StoredModel {
        let path = Goldens.path("folders/tiny-tied")
        var text = try TextFile.text(path + "/config.json")
        for (old, new) in config {
            try #require(text.contains(old))
            text.replace(old, with: new)
        }
        folder.write(Array(text.utf8), as: "config.json")
        let file = try SafetensorsFile(path: path + "/model.safetensors")
        var writer = SafetensorsWriter()
        for info in file.tensors {
            let tensor = try #require(file.tensor(named: info.name))
            writer.add(info.name, tensor.dtype, shape: info.shape) { tensor }
        }
        weights(&writer)
        try writer.write(to: folder.file("model.safetensors"))
        return try StoredModel(ModelFiles(path: folder.path))
    }

    private static func add(_ name: String, _ shape: [Int], to writer: inout SafetensorsWriter) {
        let tensor = StoredTensor.filled(name, shape)
        writer.add(name, .f32, shape: shape) { tensor }
    }

    @Test func aHeadInTheFileIsUsedWhateverTheConfigurationSays() throws {
        #expect(try !changed { Self.add("lm_head.weight", [64, 32], to: &$0) }.tiesHead)
        let untied = [("\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false")]
        #expect(try !changed(config: untied) { Self.add("lm_head.weight", [64, 32], to: &$0) }.tiesHead)
        let error = #expect(throws: CheckpointError.self) { try changed(config: untied) }
        #expect(error?.name == "tensor \"lm_head.weight\"")
    }

    /// Buffers that older versions of transformers stored, with their shapes.
    @Test(arguments: [
        ("model.layers.0.self_attn.rotary_emb.inv_freq", [4]), ("model.rotary_emb.inv_freq", [4]),
        ("model.layers.1.self_attn.rotary_emb.cos_cached", [1, 1, 64, 8]),
        ("model.layers.0.attn.bias", [1, 1, 64, 64]), ("model.layers.0.self_attn.bias", [1, 1, 64, 64]),
        ("model.layers.0.attention.masked_bias", [1]),
    ]) func buffersAreLeftOut(name: String, shape: [Int]) throws {
        let model = try changed { Self.add(name, shape, to: &$0) }
        #expect(model.tensors.count == 2 + 2 * 9)
    }

    /// A vector could be a trained bias.
    @Test(arguments: [
        ("model.layers.0.self_attn.bias", [32]), ("model.layers.0.attn.bias", [1, 2, 64, 64]),
        ("model.layers.0.attn.masked_bias", [32]), ("model.layers.0.mlp.bias", [1, 1, 64, 64]),
    ]) func othersAreNot(name: String, shape: [Int]) {
        let error = #expect(throws: CheckpointError.self) { try changed { Self.add(name, shape, to: &$0) } }
        #expect(error?.name == "tensor \"\(name)\"" && error?.found == "an unknown tensor")
    }

    @Test(arguments: [
        ("model.layers.0.self_attn.q_proj.qweight", "GPTQ or AWQ"), ("model.layers.0.mlp.up_proj.SCB", "bitsandbytes"),
        ("model.layers.0.mlp.up_proj.weight.absmax", "bitsandbytes"),
        ("model.layers.0.mlp.up_proj.weight.quant_state.bitsandbytes__nf4", "bitsandbytes"),
        ("model.layers.0.mlp.up_proj.weight_scale_inv", "FP8"),
        ("model.layers.0.mlp.up_proj.weight_packed", "compressed-tensors"),
    ]) func quantizedTensorsNameTheMethod(name: String, method: String) {
        let error = #expect(throws: CheckpointError.self) { try changed { Self.add(name, [2], to: &$0) } }
        #expect(error?.name == "tensor \"\(name)\"")
        #expect(error?.found.hasPrefix("weights quantized with \(method); use ") == true)
    }

    @Test func tensorsOfAdaptersAreNamed() {
        let name = "base_model.model.model.layers.0.mlp.up_proj.lora_A.weight"
        let error = #expect(throws: CheckpointError.self) { try changed { Self.add(name, [2], to: &$0) } }
        #expect(error?.found == "a LoRA adapter; merge it into its base model")
    }

    /// The index may name tensors that no file has, if the model does not need them.
    @Test func unusedEntriesOfAnIndexAreNoted() throws {
        _ = try changed()
        let file = try SafetensorsFile(path: folder.file("model.safetensors"))
        folder.write(try TextFile.bytes(file.path), as: "model-1.safetensors")
        try FileManager.default.removeItem(atPath: file.path)
        func notes(_ extra: [String]) throws -> [String] {
            let names = file.tensors.map(\.name) + extra
            let places = names.map { "\"\($0)\": \"model-1.safetensors\"" }.joined(separator: ",")
            folder.write(Array("{\"weight_map\": {\(places)}}".utf8), as: "model.safetensors.index.json")
            let files = try ModelFiles(path: folder.path)
            #expect(try StoredModel(files).tiesHead)
            guard case .folder(_, let stated) = files else { return [] }
            return stated.model.notes.texts
        }
        let harmless = ["lm_head.weight", "model.layers.0.self_attn.rotary_emb.inv_freq", "model.layers.0.attn.bias"]
        #expect(try notes(harmless) == [])
        #expect(
            try notes(harmless + ["model.extra.weight"]) == [
                "the index of the weights names the tensor \"model.extra.weight\", which no file has"
            ])
    }

    @Test func unknownTensorsAreRefused() {
        let error = #expect(throws: CheckpointError.self) {
            try changed { Self.add("model.layers.0.self_attn.q_proj.bias", [32], to: &$0) }
        }
        #expect(error?.name == "tensor \"model.layers.0.self_attn.q_proj.bias\"")
        #expect(error?.expected == "only tensors of a plain llama model with 2 blocks")
    }

    @Test func otherModelsAreNamed() throws {
        _ = try? changed(config: [("\"model_type\": \"llama\"", "\"model_type\": \"mamba\"")])
        let error = #expect(throws: CheckpointError.self) {
            try LoadedModel(StoredModel(ModelFiles(path: folder.path)), on: ComputeContext(table: tableNames[0]))
        }
        #expect(error?.name == "key \"model_type\"" && error?.found == "\"mamba\"")
    }

    @Test func foldersWithoutWeightsAreErrors() throws {
        let error = #expect(throws: CheckpointError.self) { try ModelFiles(path: folder.path) }
        #expect(error?.file == folder.path && error?.found.hasPrefix("neither; ") == true)
        try Folder.make(folder.file("newest"))
        let run = #expect(throws: CheckpointError.self) { try ModelFiles(path: folder.path) }
        #expect(run?.found.contains("\(folder.path)/newest") == true)
        folder.write(Array("{}".utf8), as: "config.json")
        try SafetensorsWriter().write(to: folder.file("model.safetensors"))
        let missing = #expect(throws: CheckpointError.self) { try StoredModel(ModelFiles(path: folder.path)) }
        #expect(missing?.file == folder.file("config.json"))
    }
}

extension RoPE {
    /// What a text's rotation depends on.
    fileprivate func numbers(headDimension: Int) -> [Double] {
        var numbers = frequencies(headDimension: headDimension) + [magnitude, Double(shortContext ?? 0)]
        if case .longRoPE(let scaling) = scaling { numbers += scaling.longDivisors.map { Double($0) } }
        return numbers
    }
}
