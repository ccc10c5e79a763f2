import CheckpointFiles
import LanguageModels
import TestSupport
import Testing
import TextTokens

@testable import LayerSkip

@Suite("Exports of and to split GGUF files")
struct SplitExportTests {
    private let folder = TemporaryFolder()

    private func parts(of source: String, as name: String = "split") throws -> [String] {
        let export = try CheckpointExport(path: source, to: .gguf)
        return try #require(try export.write(to: folder.file(name), inPartsOf: 60_000))
    }

    private func source() throws -> String {
        try TinyLlamaFile().write(to: folder.file("source.gguf"))
        return folder.file("source.gguf")
    }

    @Test func partsAreTheSameModel() throws {
        let source = try source()
        let whole = folder.file("whole.gguf")
        #expect(try CheckpointExport(path: source, to: .gguf).write(to: whole))
        let parts = try parts(of: source)
        #expect(parts.count > 2 && folder.contents.count == parts.count + 2)
        for path in [parts[0], parts[2]] {
            let export = try CheckpointExport(path: path, to: .gguf)
            #expect(try export.write(to: folder.file("joined.gguf")))
            #expect(try TextFile.bytes(folder.file("joined.gguf")) == TextFile.bytes(whole))
            #expect(try Tokenizer(ofFile: path).vocabularySize == 320)
            let summary = try CheckpointSummary(path: path)
            #expect(summary.files == parts && summary.path == parts[0] && summary.obstacle == nil)
            #expect(summary.tensors.count == 20)
        }
        // Parts of parts.
        #expect(
            try self.parts(of: parts[1], as: "again").map { try TextFile.bytes($0) }
                == parts.map { try TextFile.bytes($0) })
        let folder = folder.file("folder")
        #expect(try CheckpointExport(path: parts[1], to: .safetensors).write(to: folder))
        #expect(try CheckpointSummary(path: folder).files == [folder + "/model.safetensors"])
    }

    @Test func noOutputIsAPartOfTheSource() throws {
        let parts = try parts(of: source())
        let before = try parts.map { try TextFile.bytes($0) }
        for source in [parts[0], parts[1]] {
            let export = try CheckpointExport(path: source, to: .gguf)
            for output in parts {
                let error = #expect(throws: FileError.self) { try export.write(to: output) }
                #expect(error?.file == output && error?.expected == "an output that is not also an input")
            }
            for name in ["split", "split.gguf"] {
                #expect(throws: FileError.self) { try export.write(to: folder.file(name), inPartsOf: 60_000) }
            }
        }
        #expect(try parts.map { try TextFile.bytes($0) } == before)
    }

    @Test func anInterruptedExportLeavesNothing() throws {
        let export = try CheckpointExport(path: source(), to: .gguf)
        #expect(try export.write(to: folder.file("new"), inPartsOf: 60_000) { $0 < 150_000 } == nil)
        #expect(folder.contents == ["source.gguf"])
    }

    @Test func impossiblePartsAreErrors() throws {
        let source = try source()
        let gguf = try CheckpointExport(path: source, to: .gguf)
        #expect(throws: CheckpointError.self) { try gguf.write(to: folder.file("new"), inPartsOf: 0) }
        let safetensors = try CheckpointExport(path: source, to: .safetensors)
        #expect(throws: CheckpointError.self) { try safetensors.write(to: folder.file("new"), inPartsOf: 1000) }
        #expect(folder.contents == ["source.gguf"])
    }

    /// What can be parsed of a model that cannot be opened is shown.
    @Test func partsOfOtherModelsAreShown() throws {
        var writer = TinyLlamaFile().writer()
        writer.metadata["general.architecture"] = .string("mamba")
        let split = try SplitGGUFWriter(writer, partsOfAtMost: 60_000, path: folder.file("other"))
        try split.write()
        let summary = try CheckpointSummary(path: split.paths[1])
        #expect(summary.obstacle?.found == "\"mamba\"" && summary.architecture == "mamba")
        #expect(summary.files == split.paths && summary.tensors.count == 20)
    }
}
