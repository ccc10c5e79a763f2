import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

/// The file of an exit block next to a model folder.
@Suite("Exit block files")
struct ExitBlockFileTests {
    private let folder = TemporaryFolder()

    /// Copies a golden model, and writes a block next to it that is a copy of its last layer, with changes.
    private func write(
        exit: String? = "1", only keep: (ModelTensor) -> Bool = { _ in true },
        shape: (ModelTensor) -> [Int] = { $0.shape }, adding extra: String? = nil
    ) throws -> ModelFiles {
        let path = Goldens.path("folders/tiny-tied")
        for name in ["config.json", "model.safetensors"] {
            folder.write(try TextFile.bytes("\(path)/\(name)"), as: name)
        }
        let files = try ModelFiles(path: folder.path)
        let model = try StoredModel(files).withExitBlock(copiedAt: files.configuration.layerCount - 1)
        var writer = SafetensorsWriter()
        for tensor in model.tensors where tensor.isInExitBlock && keep(tensor) {
            let stored = try model.source.tensor(named: tensor.name, shape: tensor.shape)
            let changed = shape(tensor)
            let found = changed == tensor.shape ? stored : .filled(tensor.name, changed)
            writer.add(tensor.name, found.dtype, shape: changed) { found }
        }
        if let extra {
            let tensor = StoredTensor.filled(extra, [2])
            writer.add(extra, .f32, shape: [2]) { tensor }
        }
        if let exit { writer.metadata[ExitBlockFile.key] = exit }
        try writer.write(to: folder.file(ModelFolder.Name.exitBlock))
        return files
    }

    private func error(_ files: ModelFiles) -> CheckpointError? {
        #expect(throws: CheckpointError.self) { try StoredModel(files, withExitBlock: true) }
    }

    @Test func aBlockIsFoundNextToItsModel() throws {
        let files = try write()
        let model = try StoredModel(files, withExitBlock: true)
        #expect(model.configuration.exitBlock == 1 && files.configuration.exitBlock == nil)
        #expect(model.source.mappings.count == 2)
        let (loaded, plain) = (
            try LoadedModel(model, on: ComputeContext(threads: 1)),
            try LoadedModel(StoredModel(files, withExitBlock: false), on: ComputeContext(threads: 1))
        )
        #expect(loaded.exitBlock == 1 && plain.exitBlock == nil && model.withoutExitBlock.tensors.count == 20)
        #expect(loaded.weightByteCount > plain.weightByteCount)
        // A copy of the last layer after the layer before it is that layer.
        let tokens: [Token] = [1, 5, 9, 3]
        var cache = KVCache(for: loaded)
        var other = KVCache(for: plain)
        let rows = loaded.runToExit(0..<1, loaded.embed(tokens), &cache)
        let last = plain.runToExit(0..<2, plain.embed(tokens), &other)
        let logits = (loaded.logits(rows.output).values, plain.logits(last.output).values)
        #expect(relativeError(logits.0, logits.1) < 1e-3 && rows.hidden.values != rows.output.values)
        #expect(last.hidden.values == last.output.values)
        #expect(cache.length == 0 && cache.length(layer: 2) == 4 && cache.length(layer: 1) == 0)
        #expect(loaded.run(1..<2, rows.hidden, &cache).values == last.hidden.values && cache.length == 4)
    }

    @Test(arguments: ["0", "2", "-1", "99999999999999999999", "one"]) func wrongExits(exit: String) throws {
        let error = try error(write(exit: exit))
        #expect(error?.file == folder.file("exit-block.safetensors"))
        #expect(error?.name.contains("layerskip.exit_block") == true)
        let text = "\(try #require(error))"
        #expect(text.contains("remove the file, or run the model without its exit block") || Int(exit) == nil)
    }

    @Test func wrongTensors() throws {
        var error = try error(write(exit: nil))
        #expect(error?.found == "no such key")
        error = try self.error(write(only: { $0.kind != .residualMatrix }))
        #expect(error?.name == "tensor \"exit_block.self_attn.o_proj.weight\"")
        #expect(error?.found.hasPrefix("no such tensor; remove the file") == true)
        error = try self.error(write(shape: { $0.kind == .residualMatrix ? $0.shape.map { $0 + 1 } : $0.shape }))
        #expect(error?.name == "tensor \"exit_block.self_attn.o_proj.weight\"")
        #expect(error?.expected == "shape [32, 32]")
        error = try self.error(write(adding: "exit_block.self_attn.q_proj.bias"))
        #expect(error?.name == "tensor \"exit_block.self_attn.q_proj.bias\"")
        error = try self.error(write(adding: "model.norm.weight"))
        #expect(error?.name == "tensor \"model.norm.weight\"")
        let files = try write()
        folder.write(Array("no tensors".utf8), as: ModelFolder.Name.exitBlock)
        #expect(self.error(files)?.file == folder.file(ModelFolder.Name.exitBlock))
        #expect(throws: Never.self) { try StoredModel(files, withExitBlock: false) }
    }

    @Test func namesNextToFiles() {
        #expect(GGUFFile.exitBlockPath(of: "a/model.gguf") == "a/model.gguf.exit-block")
        #expect(GGUFFile.exitBlockPath(of: "a/m-00002-of-00003.gguf") == "a/m.exit-block")
    }
}
