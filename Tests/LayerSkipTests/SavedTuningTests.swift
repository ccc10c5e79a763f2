import CheckpointFiles
import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing
import TokenDecoding

@testable import LayerSkip

@Suite("Tunings that are kept")
struct SavedTuningTests {
    private let folder = TemporaryFolder()
    private let setting = SpeculationSetting(exitLayer: 2, draftLength: 5)

    private var cache: String { folder.file("cache/layerskip") }

    private func files(_ name: String = "tiny.gguf", layers: Int = 4, seed: UInt64 = 1) throws -> ModelFiles {
        var file = TinyLlamaFile()
        file.layers = layers
        file.seed = seed
        try file.write(to: folder.file(name))
        return try ModelFiles(path: folder.file(name))
    }

    private func machine(processor: String? = nil, kernels: String = "this") -> SavedTuning.Machine {
        .init(processor: processor ?? Processor.name ?? "unknown", kernels: kernels, threads: 2)
    }

    private func save(_ setting: SpeculationSetting?, _ written: [Token] = [7, 3], for files: ModelFiles) throws
        -> String
    {
        try SavedTuning(setting, written, of: files, on: machine()).save(for: files, in: cache)
    }

    private func kept(_ files: ModelFiles, kernels: String? = "this") throws -> KeptTuning {
        try #require(KeptTuning(of: files, in: cache, kernels: kernels))
    }

    @Test func whatIsSavedIsFound() throws {
        let files = try files()
        let before = try kept(files)
        #expect(before.tuning == nil && before.obstacle == nil && before.note == nil)
        for setting in [setting, nil] {
            let path = try save(setting, for: files)
            let found = try kept(ModelFiles(path: folder.file("tiny.gguf")))
            #expect(found.path == path && path.hasPrefix(cache + "/tiny.gguf-") && path.hasSuffix(".tuning.json"))
            #expect(found.tuning?.setting == setting && found.tuning?.written == [7, 3])
            #expect(found.tuning?.machine == machine() && found.obstacle == nil)
            let note = try #require(found.note)
            #expect(note.contains("tune --save") && note.contains(path))
            let stored = setting == nil ? "no exit layer" : "exit layer 2, draft length 5"
            #expect(note.hasPrefix("tune --save stored \(stored), measured on "), "\(note)")
        }
        // The second replaced the first, and without a known kernel table, none differs.
        #expect(Folder.names(in: cache).count == 1)
        #expect(try kept(files, kernels: nil).tuning != nil)
    }

    /// A model that is loaded in another way than the one that was measured has a note on it.
    @Test func differencesAreStated() throws {
        let files = try files()
        _ = try save(setting, for: files)
        let kept = try kept(files)
        #expect(kept.difference(threads: 2, quantization: nil, leavesOutExitBlock: false) == nil)
        let difference = try #require(kept.difference(threads: 3, quantization: .q8_0, leavesOutExitBlock: true))
        #expect(difference.contains("2 threads instead of 3") && difference.contains("instead of --quantize q8_0"))
        #expect(difference.contains("the exit block"))
        // The version of the program is a key of the machine, behind that of the format.
        let text = try TextFile.text(kept.path)
        let changed = text.replacingOccurrences(of: "\"\(layerSkipVersion)\"", with: "\"0.0.1\"")
        try TextFile.write(Array(changed.utf8), to: kept.path)
        let older = try self.kept(files).difference(threads: 2, quantization: nil, leavesOutExitBlock: false)
        #expect(older?.contains("version 0.0.1 instead of \(layerSkipVersion)") == true, "\(text)")
    }

    /// A folder that cannot exist has no tuning, and is no reason for a note.
    @Test func belowAFile() throws {
        let kept = try #require(KeptTuning(of: files(), in: "/dev/null/layerskip", kernels: "this"))
        #expect(kept.tuning == nil && kept.obstacle == nil && kept.note == nil)
    }

    @Test func ofAnotherMachine() throws {
        let files = try files()
        _ = try save(setting, for: files)
        try check(kept(files, kernels: "other"), "kernels", "expected other, found this")
        _ = try SavedTuning(setting, [1], of: files, on: machine(processor: "Z80")).save(for: files, in: cache)
        try check(kept(files), "processor", "found Z80")
    }

    @Test func ofOtherVersionsOfTheModel() throws {
        _ = try save(setting, for: files())
        // Same name, same size, other weights.
        let changed = try files(seed: 2)
        try check(kept(changed), "model", "another version")
        #expect(try kept(files("other.gguf")).note == nil)
    }

    @Test(arguments: [
        ("\"exit_layer\" : 2", "\"exit_layer\" : 4", "exit_layer"), ("\"exit_layer\" : 2,", "", "keys"),
        ("\"draft_length\" : 5", "\"draft_length\" : 0", "draft_length"),
        ("\"draft_length\" : 5", "\"draft_length\" : 129", "draft_length"),
        ("\"draft_length\" : 5", "\"draft_length\" : 1e99", "draft_length"),
        ("7,", "7, 320,", "draft_vocabulary"), ("7,", "7, -1,", "draft_vocabulary"),
        ("7,", "7, 7,", "draft_vocabulary"), ("\"version\" : 1", "\"version\" : 2", "version"),
        ("\"threads\" : 2", "\"threads\" : 0", "threads"), ("{", "", "line"), ("}", "", "line"),
        ("\"model\"", "\"models\"", "model"),
    ]) func damagedFiles(original: String, changed: String, name: String) throws {
        let files = try files()
        let path = try save(setting, for: files)
        let text = try TextFile.text(path)
        let range = try #require(text.firstRange(of: original))
        try TextFile.write(Array(text.replacingCharacters(in: range, with: changed).utf8), to: path)
        try check(kept(files), name, "expected")
    }

    @Test func otherThingsAtThePath() throws {
        let files = try files()
        let path = try save(setting, for: files)
        try TextFile.write([], to: path)
        try check(kept(files), "", "expected")
        Folder.remove(path)
        try Folder.make(path)
        try check(kept(files), "", "expected")
        #expect(throws: FileError.self) { try save(setting, for: files) }
    }

    private func check(_ kept: KeptTuning, _ name: String, _ found: String) throws {
        #expect(kept.tuning == nil)
        let obstacle = try #require(kept.obstacle)
        #expect(obstacle.file == kept.path && (name.isEmpty || obstacle.name.contains(name)), "\(obstacle)")
        let note = try #require(kept.note)
        #expect(note.contains(found) && note.contains("is not used") && note.contains("remove the file"), "\(note)")
    }

    @Test func folders() throws {
        let source = try Checkpoint(path: files().path)
        let path = folder.file("model")
        #expect(try CheckpointExport(source, to: .safetensors).write(to: path))
        let written = try ModelFiles(path: path)
        #expect(try save(setting, for: written).hasPrefix(cache + "/model-"))
        #expect(try kept(written).tuning?.setting == setting)
    }

    @Test func partsOfTheProgram() throws {
        let bytes = try TinyLlamaFile().bytes()
        try bytes.withUnsafeBytes { bytes in
            let files = try ModelFiles(GGUFFile(MappedFile(name: "the model", partOfProgram: bytes)))
            let path = try save(SpeculationSetting(exitLayer: 1, draftLength: 1), for: files)
            #expect(path.hasPrefix(cache + "/the_model-"))
            #expect(try kept(files).tuning?.setting?.exitLayer == 1)
        }
        // Another build of the same version may have another model.
        var other = try TinyLlamaFile().bytes()
        other[other.count / 64 * 40] ^= 1
        try other.withUnsafeBytes { other in
            let files = try ModelFiles(GGUFFile(MappedFile(name: "the model", partOfProgram: other)))
            try check(kept(files), "model", "another version")
        }
    }

    // MARK: GGUF metadata

    private func open(_ value: GGUFValue?) throws -> Checkpoint {
        var writer = TinyModel.writer()
        writer.metadata["layerskip.draft_vocabulary"] = value
        try writer.write(to: folder.file("ranked.gguf"))
        return try Checkpoint(path: folder.file("ranked.gguf"))
    }

    @Test func theVocabularyOfAFile() throws {
        #expect(try open(nil).draftVocabulary == nil)
        let checkpoint = try open(.array(.int32s([300, 2])))
        let ranking = try #require(checkpoint.draftVocabulary)
        #expect(ranking.prefix(5) == [300, 2, 0, 1, 3] && ranking.sorted() == Array(0..<320))
        #expect(try CheckpointSummary(checkpoint).draftVocabulary == ranking)
        // An export keeps what is ranked.
        #expect(try CheckpointExport(checkpoint, to: .gguf).write(to: folder.file("again.gguf")))
        let again = try GGUFFile(path: folder.file("again.gguf")).metadata
        #expect(try again.integers(named: "layerskip.draft_vocabulary") == [300, 2])
    }

    @Test(
        arguments: [
            .array(.int32s([])), .array(.int32s([1, 1])), .array(.int32s([320])), .array(.int64s([-1])),
            .array(.int64s([1 << 40])), .array(.strings(["1"])), .uint32(1),
        ] as [GGUFValue]) func wrongVocabularies(value: GGUFValue)
    {
        let error = #expect(throws: CheckpointError.self) { try open(value) }
        #expect(error?.name.contains("draft_vocabulary") == true)
    }
}
