import CheckpointFiles
import Foundation
import TestSupport
import Testing

/// Files that llama-gguf-split wrote.
@Suite("Split GGUF files")
struct SplitFileTests {
    private let folder = TemporaryFolder()
    private let whole: GGUFFile

    init() throws { whole = try GGUFFile(path: Goldens.path("tiny-granite.gguf")) }

    /// Copies the parts of a golden file into the folder, and returns their paths.
    private func copy(_ name: String = "granite") throws -> [String] {
        try (1...3).map { number in
            let part = "\(name)-0000\(number)-of-00003.gguf"
            return folder.write(try TextFile.bytes(Goldens.path("split/\(part)")), as: part)
        }
    }

    private func error(_ path: String) -> CheckpointError? {
        do throws(CheckpointError) {
            _ = try GGUFFile(path: path)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["granite", "empty-first"]) func anyPartOpensAll(name: String) throws {
        let paths = try copy(name)
        for path in paths {
            let file = try GGUFFile(path: path)
            #expect(file.path == paths[0] && file.files.map(\.path) == paths)
            #expect(file.byteCount == (try paths.reduce(0) { try $0 + TextFile.bytes($1).count }))
            #expect(file.metadata.keys == whole.metadata.keys)
            #expect(file.tensors.map(\.name) == whole.tensors.map(\.name))
            for (number, info) in file.tensors.enumerated() {
                let tensor = try #require(file.tensor(named: info.name))
                #expect(tensor.file == paths[info.file])
                #expect(tensor.hasSameContents(as: try #require(whole.tensor(named: whole.tensors[number].name))))
            }
            let header = try GGUFHeader(path: path)
            #expect(header.files == paths && header.tensors == whole.tensors.map(\.listed))
            #expect(header.byteCount == file.byteCount && header.metadata.keys == whole.metadata.keys)
        }
    }

    @Test func aMissingPartIsNamed() throws {
        let paths = try copy()
        for missing in paths {
            let bytes = try TextFile.bytes(missing)
            try FileManager.default.removeItem(atPath: missing)
            for path in paths where path != missing {
                let error = error(path)
                #expect(error?.file == missing)
                let number = paths.firstIndex(of: missing).map { $0 + 1 } ?? 0
                #expect(error?.expected == "part \(number) of the model's 3 parts")
                #expect(error?.found.hasSuffix("; put all parts into the same folder") == true)
                // The part can be shown, and a tokenizer needs only the first part.
                let header = try GGUFHeader(path: path)
                let metadata = try? GGUFMetadata(ofModel: path)
                #expect(header.files == [path] && !header.tensors.isEmpty)
                #expect(metadata?.keys == (missing == paths[0] ? nil : whole.metadata.keys))
                #expect(header.metadata.keys == metadata?.keys ?? ["split.no", "split.tensors.count", "split.count"])
            }
            folder.write(bytes, as: String(missing.split(separator: "/").last ?? ""))
        }
        #expect(error(paths[1]) == nil)
    }

    @Test func aPartNeedsItsName() throws {
        let bytes = try TextFile.bytes(copy()[1])
        for name in ["model.gguf", "granite-00001-of-00003.gguf", "a-00002-of-00004.gguf", "a-2-of-3.gguf"] {
            let path = folder.write(bytes, as: name)
            let error = error(path)
            #expect(error?.file == path)
            #expect(error?.expected == "a name that ends with \"-00002-of-00003.gguf\", as part 2 of 3")
        }
    }

    /// A file that has part 1's name but not its contents is another model.
    @Test func theFirstPartMustBelongToTheSplit() throws {
        let paths = try copy()
        folder.write(try TextFile.bytes(Goldens.path("tiny-granite.gguf")), as: "granite-00001-of-00003.gguf")
        for path in paths.dropFirst() {
            let error = error(path)
            #expect(error?.file == paths[0])
            #expect(error?.expected == "the first part of the split model (split.count 3, as in \(path))")
            #expect(error?.found == "a file that is not split")
            #expect(throws: CheckpointError.self) { try GGUFMetadata(ofModel: path) }
            #expect(try GGUFHeader(path: path).files == [path])
        }
        var writer = TinyLlamaFile().writer()
        writer.metadata["split.count"] = .uint16(2)
        try writer.write(to: paths[0])
        #expect(error(paths[1])?.file == paths[0] && error(paths[1])?.found == "split.count 2")
    }

    @Test func partsInTheWrongPlaceAreRefused() throws {
        let paths = try copy()
        folder.write(try TextFile.bytes(paths[1]), as: "granite-00003-of-00003.gguf")
        let error = error(paths[0])
        #expect(error?.file == paths[2] && error?.name == "metadata key \"split.no\"")
        #expect(error?.expected == "2, as its name says" && error?.found == "1")
    }

    @Test func aPartThatChangesIsNamed() throws {
        let paths = try copy()
        let file = try GGUFFile(path: paths[0])
        try file.checkUnchanged()
        folder.write(try TextFile.bytes(paths[2]).dropLast() + [1, 2], as: "granite-00003-of-00003.gguf")
        let error = #expect(throws: CheckpointError.self) { try file.checkUnchanged() }
        #expect(error?.file == paths[2])
    }

    @Test func allPartsAreInputs() throws {
        let paths = try copy()
        for path in paths {
            var inputs = InputFiles()
            inputs.add(model: path, as: "the model that is read")
            for output in paths {
                let error = #expect(throws: FileError.self) { try inputs.check(output: output) }
                #expect(error?.file == output)
            }
            try inputs.check(output: folder.file("other-00001-of-00003.gguf"))
        }
    }

    /// llama-gguf-split sets the count to 0 when it joins parts.
    @Test(arguments: [0, 1] as [UInt16]) func wholeFilesMayHaveTheKeys(count: UInt16) throws {
        var writer = TinyLlamaFile().writer()
        let keys = writer.metadata.keys
        writer.metadata["split.count"] = .uint16(count)
        writer.metadata["split.no"] = .uint16(7)
        try writer.write(to: folder.file("model.gguf"))
        #expect(try GGUFFile(path: folder.file("model.gguf")).metadata.keys == keys)
        writer.metadata["split.count"] = .string("2")
        try writer.write(to: folder.file("model.gguf"))
        #expect(error(folder.file("model.gguf"))?.found == "string")
    }
}
