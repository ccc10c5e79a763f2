import CheckpointFiles
import LanguageModels
import LayerSkip
import TestSupport

/// GGUF files: metadata, tensors, the model's shape and the tokenizer in them.
enum GGUFTarget: FuzzTarget {
    static let name = "gguf"

    static func seeds() throws -> [[UInt8]] {
        var tiny = TinyLlamaFile()
        tiny.layers = 1
        tiny.width = 8
        tiny.heads = 1
        tiny.keyValueHeads = 1
        tiny.headDimension = 8
        tiny.feedForwardWidth = 8
        tiny.vocabularySize = TinyTokenizer.minimumSize
        var untied = tiny
        untied.isTied = false
        untied.vocabularySize = 8
        untied.ropeScaling = .frequencyFactors([1, 1, 2, 4])
        var (biased, normed) = (untied, tiny)
        biased.architecture = .qwen2
        normed.architecture = .qwen3
        var small = GGUFWriter()
        small.version = 2
        small.metadata["general.architecture"] = .string("llama")
        small.metadata["general.alignment"] = .uint32(8)
        small.metadata["a"] = .array(.int32s([1, -2]))
        small.metadata["b"] = .array(.strings(["x", ""]))
        small.add("t", .f32, shape: [2, 1], bytes: [0, 0, 128, 63, 0, 0, 0, 0])
        var part = small
        part.metadata["split.count"] = .uint16(2)
        part.metadata["split.no"] = .uint16(1)
        part.metadata["general.type"] = .string("adapter")
        part.metadata["llama.block_count"] = .uint32(1)
        part.metadata["tokenizer.chat_template"] = .string("x")
        let samples = try SampleModel.all.map { try $0.small.ggufWriter().bytes() }
        // The first one is complete.
        let files = try [tiny, untied, biased, normed].map { try $0.bytes() }
        return try files + samples + [small.bytes(), part.bytes()]
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let path = folder.write(input, as: "in.gguf")
        // Whatever can be parsed is shown, whether or not the model can be run.
        if let header = try? GGUFHeader(path: path) {
            let summary = try CheckpointSummary(path: path)
            require(summary.tensors.count == header.tensors.count, "\(summary.tensors)")
        }
        let file = try GGUFFile(path: path)
        let bytes = try written(file)
        let again = try GGUFFile(path: folder.write(bytes, as: "again.gguf"))
        require(try written(again) == bytes, "what is written again has the same bytes")
        require(again.metadata.keys == file.metadata.keys, "\(again.metadata.keys)")
        require(again.tensors.map(\.name) == file.tensors.map(\.name), "\(again.tensors)")

        _ = try StoredModel(ModelFiles(file))
        let tokenizer = try Tokenizer(TokenizerDefinition(file.metadata))
        let ids = try tokenizer.encode(TokenizerTarget.page)
        require(ids.allSatisfy { 0..<tokenizer.vocabularySize ~= Int($0) }, "\(ids)")
        _ = tokenizer.decode(ids)
    }

    private static func written(_ file: GGUFFile) throws(CheckpointError) -> [UInt8] {
        var writer = GGUFWriter()
        writer.version = file.version
        writer.metadata = file.metadata
        for info in file.tensors {
            guard let tensor = file.tensor(named: info.name) else { fatalError("\(info.name) is not found") }
            writer.add(info.name, info.dtype, shape: info.shape) { tensor }
        }
        return try writer.bytes()
    }
}
