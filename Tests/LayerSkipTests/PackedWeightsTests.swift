import CheckpointFiles
import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import LayerSkip

@Suite("Packed weights that are kept")
struct PackedWeightsTests {
    private let folder = TemporaryFolder()

    private func path(_ name: String = "model.gguf", seed: UInt64 = 1) throws -> String {
        var file = TinyLlamaFile()
        file.matrixTypes = [.f32, .q8_0, .bf16]
        file.isTied = false
        file.seed = seed
        let path = folder.file(name)
        try file.write(to: path)
        return path
    }

    private var cache: String { folder.file("cache/layerskip") }

    private var files: [String] { Folder.names(in: cache) }

    private func load(
        _ path: String, quantizing recipe: QuantizationRecipe? = nil, in cache: String? = nil
    ) throws -> LoadedModel {
        var options = WeightOptions()
        options.packedFolder = cache ?? self.cache
        options.quantization = recipe
        return try LoadedModel(StoredModel(ModelFiles(path: path)), on: ComputeContext(threads: 2), options)
    }

    private func plain(_ path: String) throws -> LoadedModel {
        try LoadedModel(StoredModel(ModelFiles(path: path)), on: ComputeContext(threads: 2))
    }

    @Test func theSecondStartMapsThem() throws {
        let path = try path()
        let expected = try plain(path)
        let (first, second) = (try load(path), try load(path))
        #expect(first.notes.count == 1 && first.notes[0].hasPrefix("packed weights kept in \(cache)/model.gguf-"))
        #expect(
            second.notes.count == 1 && second.notes[0].hasPrefix("packed weights mapped from \(cache)/model.gguf-"))
        #expect(files.count == 1)
        // The mapping outlives its name.
        Folder.remove(cache)
        #expect(first.logits == expected.logits && second.logits == expected.logits)
        #expect(second.weightByteCount == expected.weightByteCount)
    }

    /// Architectures with fused matrices, and with gains that are stored minus 1.
    @Test(arguments: ["phi3", "gemma3", "qwen2"]) func otherArchitectures(name: String) throws {
        let path = Goldens.path("tiny-\(name).gguf")
        let expected = try plain(path).logits
        #expect(try load(path).logits == expected)
        let mapped = try load(path)
        #expect(mapped.notes[0].hasPrefix("packed weights mapped") && mapped.logits == expected)
    }

    @Test func eachQuantizationHasItsFile() throws {
        let path = try path()
        let quantized = try [load(path, quantizing: .f16), load(path, quantizing: .f16)]
        _ = try load(path)
        #expect(files.count == 2)
        #expect(quantized[0].logits == quantized[1].logits && quantized.allSatisfy { $0.notes.count == 2 })
        #expect(quantized[0].notes[0].contains(" to F16 while loading"))
        #expect(quantized[1].notes[0].contains(" in F16 as packed by an earlier start"), "\(quantized[1].notes)")
        #expect(try quantized[1].logits != load(path).logits)
    }

    /// The reason why a file is not used, and that it is made again.
    private func isRemade(_ path: String, because reason: String) throws {
        let (again, next) = (try load(path), try load(path))
        #expect(again.notes.count == 2 && again.notes[0].hasSuffix("are made again: " + reason), "\(again.notes)")
        #expect(next.notes.count == 1 && next.notes[0].hasPrefix("packed weights mapped"))
        let expected = try plain(path)
        #expect(again.logits == expected.logits && next.logits == expected.logits)
        #expect(files.count == 1)
    }

    private static let otherSource =
        "it was made from another version of the model's files, or by another version of this program"

    @Test func anotherModelUnderTheSameName() throws {
        let path = try path()
        _ = try load(path)
        _ = try self.path(seed: 2)
        try isRemade(path, because: Self.otherSource)
    }

    /// The scale is in `adapter_config.json`, and the file with the adapter's matrices stays as it is.
    @Test func anotherScaleOfAnAdapter() throws {
        let path = folder.file("adapter")
        try FileManager.default.copyItem(atPath: Goldens.path("adapters/gqa-trained"), toPath: path)
        func logits(packed: Bool) throws -> [Float] {
            var options = WeightOptions()
            options.packedFolder = packed ? cache : nil
            let model = try StoredModel(ModelFiles(path: Goldens.path("folders/tiny-gqa"))).adapted(
                by: AdapterFolder(path: path))
            return try LoadedModel(model, on: ComputeContext(threads: 1), options).logits
        }
        let before = try logits(packed: true)
        #expect(try logits(packed: true) == before)
        let configuration = "\(path)/adapter_config.json"
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        let other = text.replacing("\"lora_alpha\": 8", with: "\"lora_alpha\": 9")
        #expect(other != text)
        try other.write(toFile: configuration, atomically: true, encoding: .utf8)
        let expected = try logits(packed: false)
        #expect(expected != before)
        #expect(try logits(packed: true) == expected)
        #expect(try logits(packed: true) == expected)
    }

    @Test func aFileThatWasWrittenTo() throws {
        let path = try path()
        _ = try load(path)
        let time: [FileAttributeKey: Any] = [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)]
        try FileManager.default.setAttributes(time, ofItemAtPath: path)
        try isRemade(path, because: Self.otherSource)
    }

    @Test func damagedFiles() throws {
        let path = try path()
        _ = try load(path)
        let packed = "\(cache)/\(files[0])"
        let bytes = Array(try Data(contentsOf: URL(filePath: packed)))
        var other = bytes
        other[40] ^= 1
        for (damaged, reason) in [
            (other, Self.otherSource), (Array(bytes[..<30]), Self.otherSource),
            (Array(bytes.dropLast()), "it has \(bytes.count - 1) bytes instead of \(bytes.count)"),
            (bytes + [0], "it has \(bytes.count + 1) bytes instead of \(bytes.count)"),
            (bytes.dropLast() + [bytes[bytes.count - 1] ^ 1], "it was written to after it was made"),
            ([], "it cannot be read: an empty file"),
        ] {
            try Data(damaged).write(to: URL(filePath: packed))
            try isRemade(path, because: reason)
        }
    }

    /// A changed source is noticed even if its size and its modification time stay.
    @Test func aChangeWithTheSameTimes() throws {
        let path = try path()
        _ = try load(path)
        let time = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        let size = try handle.seekToEnd()
        try handle.seek(toOffset: size - 1)
        try handle.write(contentsOf: Data([0]))
        try handle.close()
        try FileManager.default.setAttributes([.modificationDate: try #require(time)], ofItemAtPath: path)
        try isRemade(path, because: Self.otherSource)
    }

    /// A link in the cache is neither followed nor replaced.
    @Test func aLinkInTheCache() throws {
        let path = try path()
        _ = try load(path)
        let packed = "\(cache)/\(files[0])"
        let before = try Data(contentsOf: URL(filePath: path))
        try FileManager.default.removeItem(atPath: packed)
        try FileManager.default.createSymbolicLink(atPath: packed, withDestinationPath: path)
        let model = try load(path)
        #expect(model.notes.count == 1 && model.notes[0].contains("found a link or a special file; remove it"))
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(try model.logits == plain(path).logits)
    }

    /// A model that cannot be kept still runs.
    @Test func aFolderThatCannotBeMade() throws {
        let path = try path()
        let place = folder.write([1], as: "file")
        let model = try load(path, in: "\(place)/layerskip")
        #expect(model.notes.count == 1 && model.notes[0].hasPrefix("the packed weights are not kept: \(place)"))
        #expect(try model.logits == plain(path).logits)
    }

    @Test func theFolderOfTheUsersCache() throws {
        #expect(try CacheFolder.path(stated: "/x", home: "/home/me") == "/x/layerskip")
        #expect(try CacheFolder.path(stated: "x", home: "/home/me") == "/home/me/.cache/layerskip")
        #expect(try CacheFolder.path(stated: nil, home: "/home/me") == "/home/me/.cache/layerskip")
        #expect(throws: CheckpointError.self) { try CacheFolder.path(stated: nil, home: nil) }
    }
}

extension LoadedModel {
    fileprivate var logits: [Float] {
        var cache = KVCache(for: self)
        return logits(run(0..<layerCount, embed([5, 33, 3, 12]), &cache)).values
    }
}
