import CheckpointFiles
import LayerSkip
import TestSupport
import Testing

@Suite("Exporting checkpoints")
struct CheckpointExportTests {
    let folder = TemporaryFolder()

    /// Random models of all kinds that an export distinguishes.
    static let kinds = ["tied", "untied", "grouped", "wide heads", "linear", "llama3"]

    private func write(_ kind: String, _ change: (inout TinyLlamaFile) -> Void = { _ in }) throws -> String {
        var tiny = TinyLlamaFile()
        switch kind {
        case "untied": tiny.isTied = false
        case "grouped": tiny.keyValueHeads = 1
        case "wide heads": tiny.headDimension = 32
        case "linear": tiny.ropeScaling = .linear(factor: 4)
        case "llama3":
            let scaling = Llama3Scaling(
                factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 256)
            tiny.ropeScaling = .frequencyFactors(scaling.divisors(ropeBase: 10_000, headDimension: 16))
        default: break
        }
        change(&tiny)
        let path = folder.file("source.gguf")
        try tiny.write(to: path)
        return path
    }

    private func export(
        _ path: String, to target: CheckpointExport.Target, _ dtype: DType? = nil, as name: String
    ) throws -> String {
        #expect(try CheckpointExport(path: path, to: target, quantizing: dtype).write(to: folder.file(name)))
        return folder.file(name)
    }

    private func bytes(_ file: GGUFFile, _ name: String) -> [UInt8]? {
        file.tensor(named: name).map { $0.withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } } }
    }

    /// The result has the same tensors, bit by bit, the same shapes and constants, and the same ids in its metadata.
    @Test(arguments: kinds) func aFolderAndBackIsTheSame(kind: String) throws {
        let source = try write(kind)
        let back = try export(export(source, to: .safetensors, as: "folder"), to: .gguf, as: "back.gguf")
        let (before, after) = (try GGUFFile(path: source), try GGUFFile(path: back))
        #expect(Set(after.tensors.map(\.name)) == Set(before.tensors.map(\.name)))
        for tensor in before.tensors {
            #expect(bytes(after, tensor.name) == bytes(before, tensor.name), "\(tensor.name)")
        }
        #expect(try StoredModel(ModelFiles(after)).configuration == StoredModel(ModelFiles(before)).configuration)
        for key in [
            "model", "pre", "tokens", "merges", "bos_token_id", "eos_token_id", "unknown_token_id", "add_bos_token",
        ] {
            #expect(after.metadata["tokenizer.ggml." + key] == before.metadata["tokenizer.ggml." + key], "\(key)")
        }
        #expect(after.metadata["tokenizer.chat_template"] == before.metadata["tokenizer.chat_template"])
    }

    /// Rows in another order give the same sums, so the folder's text is the file's, also after quantizing.
    @Test(arguments: kinds) func aFolderComputesTheSame(kind: String) throws {
        let source = try write(kind)
        let models = try [source, export(source, to: .safetensors, as: "folder")].map { path in
            try TextModel(path: path, threads: 1)
        }
        let texts = try models.map { model in
            try TextSession(model, options: .test(maxTokens: 24)).generate(model.tokenizer.encode("the hare and"))
        }
        #expect(texts[0].tokens == texts[1].tokens)
        #expect(models[1].summary.version == nil && models[1].summary.name == "folder")
        #expect(models[1].summary.preTokenizer == "smollm" && models[1].summary.architecture == "llama")
        #expect(models[1].tokenizer.endOfTextTokens == models[0].tokenizer.endOfTextTokens)
        #expect(try models[1].chatTemplate().source == models[0].chatTemplate().source)
    }

    @Test(arguments: CheckpointExport.Target.gguf.formats) func matricesAreQuantizedAndNormsAreNot(dtype: DType) throws
    {
        let source = try write("untied") { if dtype.elementsPerBlock > 32 { $0.widen(to: dtype.elementsPerBlock) } }
        let path = try export(source, to: .gguf, dtype, as: "small.gguf")
        let file = try GGUFFile(path: path)
        let before = try GGUFFile(path: folder.file("source.gguf"))
        for tensor in file.tensors {
            let isEnd = tensor.name == "token_embd.weight" || tensor.name == "output.weight"
            let isSmall = dtype.bitsPerElement < 6
            let expected: DType = tensor.shape.count == 1 ? .f32 : isEnd && isSmall ? .q8_0 : dtype
            #expect(tensor.dtype == expected, "\(tensor.name)")
            let values = try #require(before.tensor(named: tensor.name)).withBytes { bytes in
                unsafe bytes.withUnsafeBytes { bytes in
                    unsafe DType.f32.dequantize(bytes, columns: tensor.shape.reduce(1, *))
                }
            }
            #expect(bytes(file, tensor.name) == expected.quantize(values), "\(tensor.name)")
        }
        #expect(try file.metadata.integer(named: "general.file_type") == Int(dtype.ggufFileType))
        #expect(
            try TextSession(TextModel(path: path, threads: 1), options: .test(maxTokens: 4)).generate([5]).tokens.count
                == 4)
    }

    @Test func formatsAreThoseThatCanBeWritten() {
        #expect(CheckpointExport.Target.gguf.formats == DType.allCases.filter(\.isWritable))
        #expect(CheckpointExport.Target.safetensors.formats == [.f32, .f16, .bf16])
    }

    @Test(arguments: [DType.f32, .f16, .bf16]) func foldersHaveTheirFormats(dtype: DType) throws {
        let path = try export(write("tied") { $0.matrixType = .q8_0 }, to: .safetensors, dtype, as: "folder")
        let file = try SafetensorsFile(path: path + "/model.safetensors")
        for tensor in file.tensors { #expect(tensor.dtype == (tensor.shape.count == 1 ? .f32 : dtype)) }
        let configuration = try HuggingFaceConfiguration(path: path + "/config.json")
        #expect(configuration.dtype == dtype && configuration.tiesHead)
        #expect(configuration.beginningOfText == 1 && configuration.endsOfText == [2])
    }

    /// Without a requested format, quantized blocks are copied, not quantized again.
    @Test func whatStaysIsCopied() throws {
        let source = try write("grouped") { $0.matrixType = .q4_1 }
        let same = try GGUFFile(path: export(source, to: .gguf, as: "same.gguf"))
        let before = try GGUFFile(path: source)
        for tensor in before.tensors { #expect(bytes(same, tensor.name) == bytes(before, tensor.name)) }
        let folder = try SafetensorsFile(path: export(source, to: .safetensors, as: "folder") + "/model.safetensors")
        #expect(folder.tensors.allSatisfy { $0.dtype == .f32 })
    }

    @Test func oddColumnsStayInF16() throws {
        let source = try write("tied") { $0.feedForwardWidth = 88 }
        let export = try CheckpointExport(path: source, to: .gguf, quantizing: .q8_0)
        #expect(export.notes == ["matrices of 88 columns, no multiple of 32, are F16"])
        #expect(try export.write(to: folder.file("small.gguf")))
        let file = try GGUFFile(path: folder.file("small.gguf"))
        #expect(file.tensor(named: "blk.0.ffn_down.weight")?.dtype == .f16)
        #expect(file.tensor(named: "blk.0.ffn_up.weight")?.dtype == .q8_0)
        #expect(export.byteCount == file.tensors.reduce(0) { $0 + $1.range.count })
    }

    /// llama.cpp requires a token for each row of the embedding.
    @Test func rowsWithoutATokenGetOne() throws {
        var writer = TinyLlamaFile().writer()
        writer.metadata["tokenizer.ggml.tokens"] = .array(
            .strings(Array(try writer.metadata.strings(named: "tokenizer.ggml.tokens").prefix(280))))
        writer.metadata["tokenizer.ggml.token_type"] = nil
        let source = folder.file("source.gguf")
        try writer.write(to: source)
        let back = try GGUFFile(
            path: export(export(source, to: .safetensors, as: "folder"), to: .gguf, as: "back.gguf"))
        let tokens = try back.metadata.strings(named: "tokenizer.ggml.tokens")
        #expect(tokens.count == 320 && tokens[280] == "[PAD0]" && tokens[319] == "[PAD39]")
        #expect(try back.metadata.integers(named: "tokenizer.ggml.token_type")[300] == 5)
    }

    @Test(arguments: CheckpointExport.Target.allCases) func anInterruptionLeavesNothing(target: CheckpointExport.Target)
        throws
    {
        let source = try write("tied")
        let export = try CheckpointExport(path: source, to: target)
        #expect(try !export.write(to: folder.file("new")) { $0 < 100_000 })
        #expect(folder.contents == ["source.gguf"])
    }

    @Test func whatCannotBeWrittenIsAnError() throws {
        let source = try write("tied") { $0.ropeScaling = .frequencyFactors([1, 2, 1, 2, 1, 2, 1, 2]) }
        let error = #expect(throws: CheckpointError.self) { try export(source, to: .safetensors, as: "folder") }
        #expect(error?.name == "key \"rope_scaling\"")
        #expect(folder.contents == ["source.gguf"])
        folder.write([1], as: "file")
        #expect(throws: CheckpointError.self) { try export(source, to: .safetensors, as: "file") }
        #expect(throws: CheckpointError.self) { try export(folder.file("none"), to: .gguf, as: "new") }
        #expect(folder.contents == ["file", "source.gguf"])
    }

    /// A truncated folder, or one whose tokenizer is invalid, is an error that names the file.
    @Test func damagedFoldersAreErrors() throws {
        let path = try export(write("tied"), to: .safetensors, as: "folder")
        func error() -> CheckpointError? {
            #expect(throws: CheckpointError.self) { try TextModel(path: path, threads: 1) }
        }
        let tokenizer = try TextFile.bytes(path + "/tokenizer.json")
        for text in ["", "{", "{\"model\": {\"vocab\": {\"a\": 0}, \"merges\": [1]}}"] {
            folder.write(Array(text.utf8), as: "folder/tokenizer.json")
            #expect(error()?.file == path + "/tokenizer.json")
        }
        folder.write(tokenizer, as: "folder/tokenizer.json")
        for name in ["tokenizer_config.json", "generation_config.json", "config.json"] {
            let whole = try TextFile.bytes("\(path)/\(name)")
            folder.write(Array(whole.dropLast(10)), as: "folder/\(name)")
            #expect(error()?.file == "\(path)/\(name)")
            folder.write(whole, as: "folder/\(name)")
        }
        let weights = try TextFile.bytes(path + "/model.safetensors")
        folder.write(Array(weights.dropLast()), as: "folder/model.safetensors")
        #expect(error()?.file == path + "/model.safetensors")
        folder.write(weights, as: "folder/model.safetensors")
        _ = try TextModel(path: path, threads: 1)
    }
}
