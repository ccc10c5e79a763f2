import CheckpointFiles
import LanguageModels
import TestSupport
import Testing

@testable import LayerSkip

@Suite("Quantizing exports")
struct QuantizedExportTests {
    let folder = TemporaryFolder()

    /// A model whose rows are whole blocks of 256, with the layers and shapes of the importance matrix in the goldens.
    private func write(_ change: (inout TinyLlamaFile) -> Void = { _ in }) throws -> String {
        var tiny = TinyLlamaFile()
        tiny.layers = 4
        tiny.widen(to: 256)
        tiny.isTied = false
        change(&tiny)
        let path = folder.file("source.gguf")
        try tiny.write(to: path)
        return path
    }

    private func importance() throws -> ImportanceMatrix {
        try ImportanceMatrix(path: Goldens.path("importance.gguf"))
    }

    private func bytes(_ file: GGUFFile, _ name: String) -> [UInt8]? {
        file.tensor(named: name).map { $0.withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } } }
    }

    /// Every row of a file's tensor in F32, converted alone.
    private func converted(
        _ file: GGUFFile, _ name: String, to dtype: DType, importance: [Float]? = nil
    ) throws -> [UInt8] {
        let tensor = try #require(file.tensor(named: name))
        return tensor.withBytes { bytes in
            unsafe bytes.withUnsafeBytes { bytes in
                (0..<tensor.rows).flatMap { row in
                    let size = tensor.columns * 4
                    let row = unsafe UnsafeRawBufferPointer(rebasing: bytes[row * size..<(row + 1) * size])
                    return dtype.quantize(
                        unsafe DType.f32.dequantize(row, columns: tensor.columns), importance: importance)
                }
            }
        }
    }

    @Test(arguments: QuantizationRecipe.all) func tensorsHaveTheRecipesFormats(recipe: QuantizationRecipe) throws {
        let source = try write { tiny in
            tiny.layers = 2
            tiny.feedForwardWidth = 256
        }
        var export = try CheckpointExport(path: source, to: .gguf, quantizing: recipe)
        export.threads = 3
        let path = folder.file("small.gguf")
        #expect(export.notes == [] && export.quantizedTensors.isEmpty)
        #expect(try export.write(to: path))
        let (file, before) = (try GGUFFile(path: path), try GGUFFile(path: source))
        let model = try StoredModel(ModelFiles(before))
        for tensor in model.tensors {
            let stored = try #require(file.tensor(named: tensor.ggufName))
            let expected =
                tensor.shape.count == 1
                ? .f32
                : recipe.dtype(for: tensor, of: model.configuration, isTied: false, hasImportance: false)
            #expect(stored.dtype == expected, "\(tensor.ggufName)")
            let bytes = try converted(before, tensor.ggufName, to: expected)
            #expect(self.bytes(file, tensor.ggufName) == bytes, "\(tensor.ggufName)")
        }
        #expect(try file.metadata.integer(named: "general.file_type") == Int(recipe.fileType))
        let version = try file.metadata.integerIfPresent(named: "general.quantization_version")
        #expect(version == (recipe.isQuantized ? 2 : nil))
        #expect(export.byteCount == file.tensors.reduce(0) { $0 + $1.range.count })

        let quantized = export.quantizedTensors
        #expect(quantized.map(\.name) == file.tensors.filter(\.dtype.isQuantized).map(\.name))
        #expect(quantized.allSatisfy { $0.from == .f32 && $0.to == file.tensor(named: $0.name)?.dtype })
        #expect(quantized.allSatisfy { $0.error > 0.001 && $0.error < 0.4 })
        let session = try TextSession(TextModel(path: path, threads: 1), options: .test(maxTokens: 4))
        #expect(try session.generate([5]).tokens.count == 4)
    }

    @Test func theNumberOfThreadsDoesNotMatter() throws {
        let source = try write()
        let path = folder.file("small.gguf")
        let files = try [1, 3].map { threads in
            var export = try CheckpointExport(path: source, to: .gguf, quantizing: .q4_K_M, importance: importance())
            export.threads = threads
            #expect(try export.write(to: path))
            return (try TextFile.bytes(path), export.quantizedTensors.map(\.error))
        }
        #expect(files[0].0 == files[1].0 && files[0].1 == files[1].1)
        var export = try CheckpointExport(path: source, to: .gguf, quantizing: .q8_0)
        export.threads = 0
        #expect(throws: ThreadCountError.self) { try export.write(to: path) }
    }

    @Test func recipesAreThoseThatATargetCanHold() throws {
        #expect(CheckpointExport.Target.gguf.recipes == QuantizationRecipe.all)
        #expect(CheckpointExport.Target.safetensors.recipes == [.f32, .f16, .bf16])
        let source = try write()
        let error = #expect(throws: CheckpointError.self) {
            try CheckpointExport(path: source, to: .safetensors, quantizing: .q4_K_M)
        }
        #expect(error?.expected == "one of f32, f16, bf16" && error?.found == "q4_k_m")
        var recipe = QuantizationRecipe.f16
        recipe.overrides = [FormatOverride(.head, .q8_0)]
        let other = #expect(throws: CheckpointError.self) {
            try CheckpointExport(path: source, to: .safetensors, quantizing: recipe)
        }
        #expect(other?.found == "Q8_0")
        #expect(try CheckpointExport(path: source, to: .gguf, quantizing: recipe).notes == [])
    }

    @Test func importanceChangesTheScales() throws {
        let (source, importance) = (try write(), try importance())
        let export = try CheckpointExport(path: source, to: .gguf, quantizing: .q4_0, importance: importance)
        #expect(export.notes == [])
        #expect(try export.write(to: folder.file("small.gguf")))
        let (file, before) = (try GGUFFile(path: folder.file("small.gguf")), try GGUFFile(path: source))
        for (name, dtype) in [
            ("blk.0.attn_q.weight", DType.q4_0), ("blk.1.ffn_down.weight", .q4_0), ("blk.3.ffn_up.weight", .q4_0),
        ] {
            let weighted = try converted(before, name, to: dtype, importance: importance[name])
            let plain = try converted(before, name, to: dtype)
            #expect(bytes(file, name) == weighted && weighted != plain, "\(name)")
        }
        #expect(try bytes(file, "token_embd.weight") == converted(before, "token_embd.weight", to: .q4_0))
        // As in files of llama-quantize. Another quantization removes it.
        #expect(file.metadata["quantize.imatrix.dataset"] == .string("t.txt"))
        #expect(file.metadata["quantize.imatrix.entries_count"] == .int32(28))
        #expect(file.metadata["quantize.imatrix.chunks_count"] == .int32(4))
        let small = folder.file("small.gguf")
        for (recipe, count) in [(nil, 3), (QuantizationRecipe.q8_0, 0)] {
            let again = try CheckpointExport(path: small, to: .gguf, quantizing: recipe)
            #expect(try again.write(to: folder.file("again.gguf")))
            let keys = try GGUFFile(path: folder.file("again.gguf")).metadata.keys
            #expect(keys.filter { $0.hasPrefix("quantize.imatrix.") }.count == count)
        }
    }

    /// With an importance matrix, llama.cpp's Q4_0 has Q4_1 in the first eighth of the layers.
    @Test func importanceChangesTheRecipe() throws {
        let source = try write { $0.layers = 8 }
        let export = try CheckpointExport(path: source, to: .gguf, quantizing: .q4_0, importance: importance())
        #expect(
            export.notes == [
                """
                without importance, since the matrix has no such entries: "blk.4.attn_q.weight", \
                "blk.4.attn_k.weight", "blk.4.attn_v.weight" and 25 more
                """
            ])
        #expect(try export.write(to: folder.file("small.gguf")))
        let file = try GGUFFile(path: folder.file("small.gguf"))
        #expect(file.tensor(named: "blk.0.ffn_down.weight")?.dtype == .q4_1)
        #expect(file.tensor(named: "blk.1.ffn_down.weight")?.dtype == .q4_0)
    }

    @Test func importanceThatDoesNotFitIsAnError() throws {
        func error(
            _ change: (inout TinyLlamaFile) -> Void, _ importance: ImportanceMatrix,
            _ recipe: QuantizationRecipe? = .q4_0
        ) throws -> CheckpointError? {
            let source = try write(change)
            return #expect(throws: CheckpointError.self) {
                try CheckpointExport(path: source, to: .gguf, quantizing: recipe, importance: importance)
            }
        }
        let matrix = try importance()
        let wide = try error({ $0.feedForwardWidth = 768 }, matrix)
        #expect(wide?.name == "importance of \"blk.0.ffn_down.weight\"")
        #expect(wide?.expected == "768 columns, as the model has" && wide?.found == "512")
        #expect(wide?.file == Goldens.path("importance.gguf"))
        let other = ImportanceMatrix(sums: ["visual.weight": ([1], 1)], dataset: "page")
        #expect(try error({ _ in }, other)?.found == "none of the model's tensors, but \"visual.weight\"")
        #expect(try error({ _ in }, matrix, nil)?.expected == "a recipe to quantize the matrices with")
        let source = try write { $0.layers = 3 }
        let export = try CheckpointExport(path: source, to: .gguf, quantizing: .q4_0, importance: matrix)
        #expect(
            export.notes == [
                """
                entries of the importance matrix that the model lacks: "blk.3.attn_k.weight", \
                "blk.3.attn_output.weight", "blk.3.attn_q.weight" and 4 more
                """
            ])
        let plain = try CheckpointExport(path: source, to: .gguf, quantizing: .q8_0, importance: matrix)
        #expect(plain.notes == ["the importance matrix has no effect on these formats"])
        var recipe = QuantizationRecipe.q8_0
        recipe.overrides = [FormatOverride(.layers(0...2), .mxfp4)]
        let small = try CheckpointExport(path: source, to: .gguf, quantizing: recipe, importance: matrix)
        #expect(small.notes == plain.notes)
    }

    /// The importance matrix is an input too.
    @Test func theImportanceMatrixIsNotOverwritten() throws {
        let source = try write()
        let path = folder.file("importance.gguf")
        try importance().write(to: path)
        let export = try CheckpointExport(
            path: source, to: .gguf, quantizing: .q4_0, importance: ImportanceMatrix(path: path))
        let error = #expect(throws: FileError.self) { try export.write(to: path) }
        #expect(error?.found == "the importance matrix; choose another output")
        // The name of a text is no path, even if there is a file with that name.
        let measured = ImportanceMatrix(
            sums: ["blk.0.attn_q.weight": ([Double](repeating: 1, count: 256), 1)], dataset: path)
        #expect(
            try CheckpointExport(path: source, to: .gguf, quantizing: .q4_0, importance: measured).write(to: path))
    }

    /// Such entries mean that all columns count equally.
    @Test func importanceWithoutInputsIsSaid() throws {
        let ones = [Double](repeating: 1, count: 256)
        let sums = ["q": (ones, 1), "k": (ones.map { _ in 0 }, 7), "v": (ones, 0)]
        let named = Dictionary(uniqueKeysWithValues: sums.map { ("blk.0.attn_\($0).weight", $1) })
        let export = try CheckpointExport(
            path: try write(), to: .gguf, quantizing: .q4_0, importance: ImportanceMatrix(sums: named, dataset: "page"))
        let note = """
            all columns count equally, since the importance matrix saw no inputs of 2 tensors: "blk.0.attn_k.weight", \
            "blk.0.attn_v.weight"
            """
        #expect(export.notes.contains(note), "\(export.notes)")
        let k = try #require(export.plan.entries.first { $0.tensor.ggufName == "blk.0.attn_k.weight" })
        #expect(k.conversion.importance == ones.map { Float($0) })
    }

    @Test func layersHaveTheirOwnFormats() throws {
        let source = try write()
        var recipe = QuantizationRecipe.q4_0
        recipe.overrides = [FormatOverride(.layers(0...1), .q8_0), FormatOverride(.head, .q4_0)]
        #expect(try CheckpointExport(path: source, to: .gguf, quantizing: recipe).write(to: folder.file("small.gguf")))
        let file = try GGUFFile(path: folder.file("small.gguf"))
        for tensor in file.tensors where tensor.shape.count > 1 {
            let isEarly = tensor.name.hasPrefix("blk.0.") || tensor.name.hasPrefix("blk.1.")
            #expect(tensor.dtype == (isEarly ? .q8_0 : .q4_0), "\(tensor.name)")
        }
        #expect(try file.metadata.integer(named: "general.file_type") == 2)
        recipe.overrides = [FormatOverride(.layers(2...4), .q8_0)]
        let error = #expect(throws: CheckpointError.self) {
            try CheckpointExport(path: source, to: .gguf, quantizing: recipe)
        }
        #expect(error?.expected == "layers in 0...3" && error?.found == "2...4")
    }

    @Test func rowsThatAreNotWholeBlocksGetOtherFormats() throws {
        let odd = try write { $0.feedForwardWidth = 88 }
        #expect(
            try CheckpointExport(path: odd, to: .gguf, quantizing: .q8_0).notes == [
                "matrices of 88 columns, no multiple of 32, are F16 instead of Q8_0"
            ])
        let narrow = try write { $0.widen(to: 64) }
        let export = try CheckpointExport(path: narrow, to: .gguf, quantizing: .q4_0)
        #expect(export.notes == ["matrices of 64 columns, no multiple of 256, are Q8_0 instead of Q6_K"])
        #expect(try export.write(to: folder.file("small.gguf")))
        let file = try GGUFFile(path: folder.file("small.gguf"))
        #expect(file.tensor(named: "output.weight")?.dtype == .q8_0)
        #expect(file.tensor(named: "token_embd.weight")?.dtype == .q4_0)
    }

    @Test func quantizingAgainIsNoted() throws {
        let source = try write { $0.matrixTypes = [.q8_0, .q4_1] }
        let export = try CheckpointExport(path: source, to: .gguf, quantizing: .q4_0)
        #expect(
            export.notes == [
                """
                matrices are quantized from Q4_1, Q8_0, so errors add up; a source in F32, F16 or BF16 gives better \
                ones
                """
            ])
        #expect(try export.write(to: folder.file("small.gguf")))
        // Without a recipe, the source's number stays; with one, it is the recipe's.
        let again = try CheckpointExport(path: folder.file("small.gguf"), to: .gguf)
        #expect(try again.write(to: folder.file("again.gguf")) && again.quantizedTensors.isEmpty && again.notes == [])
        #expect(try GGUFFile(path: folder.file("again.gguf")).metadata["general.file_type"] == .uint32(2))
        #expect(try CheckpointExport(path: source, to: .gguf, quantizing: .f16).notes == [])
    }
}
