import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

/// The tiny Llamas as transformers saves them.
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
        for (ours, theirs) in zip(a.rope.frequencies(headDimension: size), b.rope.frequencies(headDimension: size)) {
            #expect(abs(ours - theirs) <= 1e-6 * theirs)
        }
        (a.rope, b.rope) = (a.rope.withoutFittedConstants, b.rope.withoutFittedConstants)
        #expect(a == b)
        let headDimension = ours.configuration.attention.headDimension
        for tensor in ours.tensors {
            let isTurned = tensor.kind.isRotated && theirs.source.ropePairing == .interleaved
            let (tensor, shape) = (tensor.name, tensor.shape)
            let order = TensorConversion.RowOrder(from: .halfSplit, to: .interleaved, headDimension: headDimension)
            let converted = try bytes(ours, tensor, shape, TensorConversion(to: .f32, rows: isTurned ? order : nil))
            #expect(try converted == bytes(theirs, tensor, shape, TensorConversion(to: .f32)), "\(tensor)")
        }
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
        var cache = KVCache(for: model, format: .f32)
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
            writer.add(info.name, info.dtype, shape: info.shape) { tensor }
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

    @Test func olderWritersFrequenciesAreLeftOut() throws {
        let model = try changed { Self.add("model.layers.0.self_attn.rotary_emb.inv_freq", [4], to: &$0) }
        #expect(model.tensors.count == 2 + 2 * 9)
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
