import CheckpointFiles
import LanguageModels
import LayerSkip
import TensorCore
import TestSupport
import TextTokens

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
        let parts = [(0, "t", .f32), (1, "u", .f32), (0, "v", .q4_K), (1, "w", .mxfp4)].map {
            splitPart($0, tensor: $1, $2)
        }
        let samples = try SampleModel.all.map { try $0.small.ggufWriter().bytes() }
        // The first one is complete.
        let files = try [tiny, untied, biased, normed].map { try $0.bytes() }
        let formats = Set(quantizedModels.flatMap(\.matrixTypes)).union([.f32])
        require(formats == Set(DType.allCases), "a tensor of every format, found only \(formats)")
        let quantized = quantizedModels.map { $0.writer() }
        return try files + samples + [small.bytes(), part.bytes()]
            + (quantized + parts + tokenizers).map { try $0.bytes() }
    }

    /// Models that have matrices of all formats together: of small blocks and floats, and of super-blocks. Their norms
    /// are F32.
    private static var quantizedModels: [TinyLlamaFile] {
        var small = TinyLlamaFile()
        small.layers = 1
        small.heads = 1
        small.keyValueHeads = 1
        small.vocabularySize = 8
        small.isTied = false
        var large = small
        small.width = 32
        small.headDimension = 32
        small.feedForwardWidth = 32
        small.matrixTypes = [.q8_0, .q4_0, .q4_1, .q5_0, .q5_1, .iq4_NL, .mxfp4, .f16, .bf16]
        // Two rows are enough. The projections back to the width have as many columns.
        large.width = 256
        large.headDimension = 2
        large.feedForwardWidth = 2
        large.vocabularySize = 2
        large.matrixTypes = [.q6_K, .q5_K, .q4_K, .q3_K, .f16, .q2_K, .iq4_XS, .bf16, .q6_K]
        return [small, large]
    }

    /// A part of a split file with two parts, with one tensor in each.
    private static func splitPart(_ number: UInt16, tensor: String, _ dtype: DType = .f32) -> GGUFWriter {
        var writer = GGUFWriter()
        if number == 0 { writer.metadata["general.architecture"] = .string("llama") }
        writer.metadata["split.no"] = .uint16(number)
        writer.metadata["split.count"] = .uint16(2)
        writer.metadata["split.tensors.count"] = .int32(2)
        writer.metadata["layerskip.split.id"] = .uint64(7)
        let values = [Float](repeating: 1, count: dtype.elementsPerBlock)
        writer.add(tensor, dtype, shape: [values.count], bytes: dtype.quantize(values))
        return writer
    }

    /// Files that have only a tokenizer, one of each kind.
    private static var tokenizers: [GGUFWriter] {
        get throws {
            let bytes = (0...255).map { byte in
                "<0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) + ">"
            }
            let tokens =
                ["<unk>", "<s>", "</s>"] + bytes + ["\u{2581}", "t", "h", "e", "\u{2581}t", "he", "\u{2581}the"]
            let kinds: [Int32] = [2, 3, 3] + bytes.map { _ in 6 } + [1, 1, 1, 1, 1, 1, 4]
            func writer(_ model: String, _ further: [String: GGUFValue]) -> GGUFWriter {
                var writer = GGUFWriter()
                writer.metadata["general.architecture"] = .string("llama")
                writer.metadata["tokenizer.ggml.model"] = .string(model)
                writer.metadata["tokenizer.ggml.tokens"] = .array(.strings(tokens))
                writer.metadata["tokenizer.ggml.token_type"] = .array(.int32s(kinds))
                for (name, value) in further { writer.metadata["tokenizer." + name] = value }
                return writer
            }
            let scores = GGUFValue.array(.float32s(tokens.indices.map { Float($0) / 4 - 100 }))
            let merges = GGUFValue.array(.strings(["\u{2581} t", "h e", "\u{2581}t he"]))
            let words = GGUFValue.array(.strings(["t", "h", "e", "th", "the", "<s>"]))
            let wordKinds = GGUFValue.array(.int32s([1, 1, 1, 1, 1, 3]))
            let json = String(decoding: try TokenizerTarget.seeds()[2].parts(2)[0], as: UTF8.self)
            let byteLevel: [String: GGUFValue] = [
                "ggml.tokens": words, "ggml.token_type": wordKinds, "ggml.merges": .array(.strings(["t h", "th e"])),
            ]
            return [
                writer("llama", ["ggml.scores": scores, "ggml.add_space_prefix": .bool(true)]),
                writer("gemma4", ["ggml.merges": merges, "ggml.pre": .string("gemma4")]),
                writer(
                    "t5",
                    [
                        "ggml.scores": scores, "ggml.remove_extra_whitespaces": .bool(true),
                        "ggml.precompiled_charsmap": .array(.uint8s(SentencePieceTarget.charsmap)),
                        "ggml.add_eos_token": .bool(true),
                    ]),
                writer("gpt2", byteLevel.merging(["ggml.pre": .string("kimi-k2")]) { $1 }),
                writer("gpt2", byteLevel.merging(["ggml.pre": .string("new-rule")]) { $1 }),
                writer("gpt2", byteLevel.merging(["huggingface.json": .string(json)]) { $1 }),
            ]
        }
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let path = folder.write(input, as: "in.gguf")
        // Whatever can be parsed is shown, whether or not the model can be run.
        if let header = try? GGUFHeader(path: path) {
            let summary = try CheckpointSummary(path: path)
            require(summary.tensors.count == header.tensors.count, "\(summary.tensors)")
        }
        try readAsParts(input, in: folder)
        let file = try GGUFFile(path: path)
        let bytes = try written(file)
        let again = try GGUFFile(path: folder.write(bytes, as: "again.gguf"))
        require(try written(again) == bytes, "what is written again has the same bytes")
        require(again.metadata.keys == file.metadata.keys, "\(again.metadata.keys)")
        require(again.tensors.map(\.name) == file.tensors.map(\.name), "\(again.tensors)")
        for info in file.tensors { checkElements(of: info, in: file) }

        let model = Result { try StoredModel(ModelFiles(file)) }
        let definition = try TokenizerDefinition(file.metadata)
        try CheckedTexts.check(Tokenizer(definition), of: definition, Array(input.suffix(100)))
        _ = try model.get()
    }

    /// Converts a tensor as exports do. Either all its elements are finite, or that is an error.
    private static func checkElements(of info: GGUFTensorInfo, in file: GGUFFile) {
        guard let tensor = file.tensor(named: info.name), tensor.byteCount < 1 << 14 else { return }
        for dtype in [DType.f32, .q8_0] where tensor.columns % dtype.elementsPerBlock == 0 {
            var bytes: [UInt8] = []
            let result = Result { () throws(CheckpointError) in
                try TensorConversion(to: dtype).write(tensor) { $0.withUnsafeBytes { bytes += Array($0) } }
            }
            let isFinite = bytes.withUnsafeBytes { dtype.firstNotFinite($0) } == nil
            if case .success = result {
                require(isFinite || dtype == tensor.dtype, "\(info.name) in \(dtype) is finite")
                let size = tensor.rows * dtype.bytesPerRow(columns: tensor.columns)
                require(bytes.count == size, "\(bytes.count) bytes of \(info.name)")
            }
        }
    }

    /// Opens the input as either part of a split file, with a valid other part.
    private static func readAsParts(_ input: [UInt8], in folder: TemporaryFolder) throws {
        guard input.count < 1 << 16 else { return }
        for number in [0, 1] as [UInt16] {
            let other = splitPart(1 - number, tensor: "other")
            let paths = [0, 1].map { folder.file("part\(number)-0000\($0 + 1)-of-00002.gguf") }
            folder.write(input, as: "part\(number)-0000\(number + 1)-of-00002.gguf")
            folder.write(try other.bytes(), as: "part\(number)-0000\(2 - number)-of-00002.gguf")
            guard let file = try? GGUFFile(path: paths[0]), file.files.count == 2 else { continue }
            require(file.tensor(named: "other")?.file == paths[Int(1 - number)], "the other part's tensor is there")
            require(file.tensors.count == 2 && file.metadata["split.count"] == nil, "\(file.tensors)")
            require(try GGUFHeader(path: paths[1]).tensors == file.tensors.map(\.listed), "a header shows all parts")
        }
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
