import CheckpointFiles
import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import LayerSkip
@testable import TokenDecoding

/// Exit blocks in files of their own: exported with their models, quantized, left out.
@Suite("Exporting exit blocks")
struct ExitBlockExportTests {
    private let folder = TemporaryFolder()

    /// A folder of a tiny model with a random exit block after two of its three layers.
    private func source(width: Int = 64) throws -> String {
        var tiny = TinyLlamaFile()
        tiny.layers = 3
        tiny.widen(to: width)
        try tiny.write(to: folder.file("plain.gguf"))
        let path = folder.file("source")
        #expect(try CheckpointExport(path: folder.file("plain.gguf"), to: .safetensors).write(to: path))
        var configuration = try ModelFiles(path: path).configuration
        configuration.exitBlock = 2
        let weights = RandomWeights(seed: 5, configuration, isTied: true)
        var writer = SafetensorsWriter()
        writer.metadata[ExitBlockFile.key] = "2"
        for tensor in configuration.tensors(isTied: true) where tensor.isInExitBlock {
            let stored = try weights.tensor(named: tensor.name, shape: tensor.shape)
            writer.add(tensor.name, .f32, shape: tensor.shape) { stored }
        }
        try writer.write(to: path + "/" + ModelFolder.Name.exitBlock)
        return path
    }

    private func export(
        _ path: String, to target: CheckpointExport.Target, _ recipe: QuantizationRecipe? = nil, withBlock: Bool = true,
        as name: String
    ) throws -> String {
        var checkpoint = try Checkpoint(path: path)
        checkpoint.usesExitBlock = withBlock
        #expect(try CheckpointExport(checkpoint, to: target, quantizing: recipe).write(to: folder.file(name)))
        return folder.file(name)
    }

    private func text(_ path: String, exitLayer: Int, withBlock: Bool = true) throws -> [Token] {
        var checkpoint = try Checkpoint(path: path)
        checkpoint.usesExitBlock = withBlock
        let model = try TextModel(checkpoint, threads: 1)
        var options = GenerationOptions.test(maxTokens: 24)
        if exitLayer < 3 { options.strategy = .earlyExit(exitLayer: exitLayer) }
        return try TextSession(model, options: options).generate(model.tokenizer.encode("the hare and")).tokens
    }

    @Test func everyBitComesBack() throws {
        let source = try source()
        let gguf = try export(source, to: .gguf, as: "model.gguf")
        let back = try export(gguf, to: .safetensors, as: "back")
        let name = ModelFolder.Name.exitBlock
        #expect(try TextFile.bytes("\(back)/\(name)") == TextFile.bytes("\(source)/\(name)"))
        let block = try GGUFFile(path: gguf + ".exit-block")
        #expect(block.tensors.count == 11 && block.tensor(named: "exit_blk.attn_q.weight") != nil)
        #expect(try block.metadata.integer(named: "layerskip.exit_block") == 2)
        // The model's own file is as without the block, so other programs open it.
        let without = try export(source, to: .gguf, withBlock: false, as: "without.gguf")
        #expect(try TextFile.bytes(gguf) == TextFile.bytes(without))
        #expect(Folder.isMissing(without + ".exit-block"))
        let texts = try [source, gguf, back].map { path in try (1...3).map { try text(path, exitLayer: $0) } }
        #expect(texts[1] == texts[0] && texts[2] == texts[0])
        let plain = try (1...3).map { try text(source, exitLayer: $0, withBlock: false) }
        #expect(plain[0] == texts[0][0] && plain[1] != texts[0][1] && plain[2] == texts[0][2])
        #expect(try (1...3).map { try text(without, exitLayer: $0) } == plain)
    }

    @Test func drafts() throws {
        let model = try TextModel(path: source(), threads: 1)
        let prompt = try model.tokenizer.encode("the hare and")
        func generate(_ strategy: DecodingStrategy) throws -> GenerationResult {
            var options = GenerationOptions.test(maxTokens: 40)
            options.strategy = strategy
            return try TextSession(model, options: options).generate(prompt)
        }
        let plain = try generate(.plain)
        for strategy: DecodingStrategy in [
            .selfSpeculative(SpeculationSetting(exitLayer: 2, draftLength: 4)), .auto(exitLayers: [1, 2]),
        ] { #expect(try generate(strategy).tokens == plain.tokens) }
    }

    @Test(arguments: [QuantizationRecipe.q8_0, .q4_K_M]) func recipesApplyToTheBlock(recipe: QuantizationRecipe) throws
    {
        let source = try source(width: 256)
        let path = try export(source, to: .gguf, recipe, as: "small.gguf")
        let block = try GGUFFile(path: path + ".exit-block")
        let model = try StoredModel(ModelFiles(path: source), withExitBlock: true)
        for tensor in model.tensors where tensor.isInExitBlock {
            let expected =
                tensor.shape.count == 1
                ? DType.f32
                : recipe.dtype(for: tensor, of: model.configuration, isTied: true, hasImportance: false)
            #expect(block.tensor(named: tensor.ggufName)?.dtype == expected, "\(tensor.name)")
        }
        // Loading with the recipe computes what the export holds.
        var loading = LoadingOptions()
        loading.quantization = recipe
        let models = try [TextModel(path: source, threads: 1, loading: loading), TextModel(path: path, threads: 1)]
        let texts = try models.map { model in
            var options = GenerationOptions.test(maxTokens: 24)
            options.strategy = .earlyExit(exitLayer: 2)
            return try TextSession(model, options: options).generate(model.tokenizer.encode("the hare and")).tokens
        }
        #expect(texts[0] == texts[1])
    }

    @Test func partsHaveOneBlock() throws {
        let export = try CheckpointExport(Checkpoint(path: source()), to: .gguf)
        let parts = try #require(try export.write(to: folder.file("split.gguf"), inPartsOf: 60_000))
        #expect(parts.count > 1 && !Folder.isMissing(folder.file("split.exit-block")))
        #expect(try CheckpointSummary(path: parts[1]).exitBlock == 2)
    }

    /// A block that stays next to a file of another model would be taken for that model's.
    @Test func aBlockOfAnotherModelIsNotLeftNextToTheOutput() throws {
        let source = try source()
        let path = try export(source, to: .gguf, as: "model.gguf")
        let before = try TextFile.bytes(path)
        var checkpoint = try Checkpoint(path: source)
        checkpoint.usesExitBlock = false
        let export = try CheckpointExport(checkpoint, to: .gguf)
        let error = #expect(throws: CheckpointError.self) { try export.write(to: path) }
        #expect(error?.file == path + ".exit-block" && error?.found.contains("remove it") == true)
        #expect(try TextFile.bytes(path) == before)
        // Nor is the input's own block overwritten.
        #expect(throws: FileError.self) { try CheckpointExport(path: path, to: .gguf).write(to: path) }
    }

    @Test func theBlockGetsItsNameAfterTheModel() throws {
        let source = try source()
        let export = try CheckpointExport(Checkpoint(path: source), to: .gguf)
        let path = folder.file("interrupted.gguf")
        #expect(try !export.write(to: path) { $0 < export.byteCount })
        #expect(Folder.isMissing(path) && Folder.isMissing(path + ".exit-block"))
        let taken = folder.file("folder.gguf")
        try FileManager.default.createDirectory(atPath: taken, withIntermediateDirectories: false)
        #expect(throws: (any Error).self) { try export.write(to: taken) }
        #expect(Folder.isMissing(taken + ".exit-block"))
    }

    @Test func aStreamHasNoPlaceForABlock() throws {
        let export = try CheckpointExport(Checkpoint(path: source()), to: .gguf)
        let error = #expect(throws: CheckpointError.self) { try export.write(to: "/dev/null") }
        #expect(error?.found.contains("--without-exit-block") == true)
    }

    @Test func aDanglingLinkIsNoMissingBlock() throws {
        let source = try source()
        let block = "\(source)/exit-block.safetensors"
        try FileManager.default.removeItem(atPath: block)
        #expect(try CheckpointSummary(path: source).obstacle == nil)
        try FileManager.default.createSymbolicLink(atPath: block, withDestinationPath: "nothing")
        #expect(throws: (any Error).self) { try TextModel(path: source, threads: 1) }
    }

    @Test func summaries() throws {
        let source = try source()
        let summary = try CheckpointSummary(path: source)
        #expect(summary.exitBlock == 2 && summary.obstacle == nil)
        #expect(summary.files == ["\(source)/model.safetensors", "\(source)/exit-block.safetensors"])
        #expect(summary.tensors.contains { $0.name == "exit_block.mlp.up_proj.weight" })
        #expect(try CheckpointSummary(path: folder.file("plain.gguf")).exitBlock == nil)
        try TextFile.write([1, 2, 3], to: "\(source)/exit-block.safetensors")
        #expect(try CheckpointSummary(path: source).obstacle?.file == "\(source)/exit-block.safetensors")
    }

    /// Costs of drafts at the exit include the block.
    @Test func costs() throws {
        let passes = ModelCost.Passes(
            secondsPerToken: 10, costs: [.init(tokens: 1, cost: 1)], headCost: 1, draftCosts: [0.5, 0.9],
            points: ([(1, 2), (4, 3)], [(1, 1), (4, 2)]), layerCount: 3, exitBlock: 2)
        #expect(passes.model.exitBlock == 2)
        // 0.9 of a pass of 3 layers and the head is 6.3 s, as the model of drafts there predicts: one token of 3 layers
        // and the head takes 7 s in a pass.
        let model = passes.model(exitLayer: 2, draftLength: 1000)
        let seconds = try #require(model.draft(on: DraftPath(layers: 2), layers: 3, texts: 1, drafted: 1000))
        #expect(abs(seconds / 1000 - 6.3) < 1)
    }
}
