import Foundation
import TensorCore
import TestSupport
import Testing

@testable import CheckpointFiles

@Suite("Writing split GGUF files")
struct SplitWritingTests {
    private let folder = TemporaryFolder()

    /// A file with tensors of these numbers of elements.
    private func writer(_ counts: [Int], value: UInt8 = 0) -> GGUFWriter {
        var writer = GGUFWriter()
        writer.metadata["general.architecture"] = .string("llama")
        writer.metadata["general.name"] = .string(String(repeating: "n", count: 100))
        for (number, count) in counts.enumerated() {
            let bytes = [UInt8](repeating: value, count: 4 * count)
            writer.add("tensor \(number)", .f32, shape: [count], bytes: bytes)
        }
        return writer
    }

    @discardableResult
    private func split(_ writer: GGUFWriter, _ limit: Int, as name: String = "m.gguf") throws -> [String] {
        let split = try SplitGGUFWriter(writer, partsOfAtMost: limit, path: folder.file(name))
        try split.write()
        return split.paths
    }

    private func size(_ path: String) throws -> Int { try #require(MappedFile.byteCount(path: path)) }

    /// No part is larger than the size, unless it has one tensor; the next tensor would not have fitted.
    @Test(arguments: [1, 300, 500, 700, 900, 1500, 4000, 1 << 40]) func partsAreFull(limit: Int) throws {
        let counts = [3, 1, 200, 9, 8, 7, 64, 64, 64, 1, 1, 1, 1000, 2, 30]
        let whole = writer(counts)
        let paths = try split(whole, limit)
        let count = paths.count
        #expect(paths[0].hasSuffix("/m-00001-of-\(count < 10 ? "0000" : "000")\(count).gguf"))
        #expect(folder.contents.map(folder.file) == paths)
        let file = try GGUFFile(path: paths[count - 1])
        #expect(file.files.map(\.path) == paths && file.metadata.keys == whole.metadata.keys)
        #expect(file.tensors.map(\.shape) == counts.map { [$0] })
        #expect(limit > 1 || count == counts.count)
        #expect(limit < 1 << 40 || count == 1)
        for (number, path) in paths.enumerated() {
            let own = file.tensors.filter { $0.file == number }
            let size = try size(path)
            #expect(own.count == 1 || size <= limit, "\(path): \(size)")
            guard let next = file.tensors.first(where: { $0.file == number + 1 }) else { continue }
            var larger = GGUFWriter()
            larger.metadata = try GGUFPart(MappedFile(path: path), allowingEveryFormat: false).parsed.metadata
            for info in own + [next] {
                larger.add(info.name, .f32, shape: info.shape, bytes: [UInt8](repeating: 0, count: info.range.count))
            }
            let grown = try larger.bytes().count
            #expect(grown > limit, "\(path) has room for \(next.name): \(grown)")
        }
    }

    @Test func partsHaveTheAlignmentOfTheFile() throws {
        var whole = writer([1, 1])
        whole.metadata["general.alignment"] = .uint32(256)
        let file = try GGUFFile(path: split(whole, 1)[0])
        #expect(file.tensors.allSatisfy { $0.range.lowerBound.isMultiple(of: 256) } && file.files.count == 2)
    }

    /// Contents alone make the difference; equal contents give equal files.
    @Test func partsOfDifferentExportsAreToldApart() throws {
        let paths = try split(writer([5, 6, 7], value: 1), 1)
        let before = try paths.map { try TextFile.bytes($0) }
        try split(writer([5, 6, 7], value: 1), 1)
        #expect(try paths.map { try TextFile.bytes($0) } == before)
        try split(writer([5, 6, 7], value: 2), 1)
        _ = try GGUFFile(path: paths[0])
        folder.write(before[1], as: "m-00002-of-00003.gguf")
        let error = #expect(throws: CheckpointError.self) { try GGUFFile(path: paths[0]) }
        #expect(error?.file == paths[1] && error?.name == "metadata key \"layerskip.split.id\"")
    }

    @Test func aFailureLeavesWhatWasThere() throws {
        let paths = try split(writer([5, 6, 7], value: 1), 1)
        let before = try paths.map { try TextFile.bytes($0) }
        let (writer, total) = (writer([5, 6, 7], value: 2), try paths.reduce(0) { try $0 + size($1) })
        for limit in stride(from: 0, to: total, by: 64) {
            let split = try SplitGGUFWriter(writer, partsOfAtMost: 1, path: folder.file("m"))
            #expect(throws: CheckpointError.self) {
                try split.write { (done) throws(CheckpointError) in
                    if done > limit { throw CheckpointError(file: "m", expected: "", found: "an interruption") }
                }
            }
        }
        #expect(folder.contents.map(folder.file) == paths)
        #expect(try paths.map { try TextFile.bytes($0) } == before)
        // A part that cannot be replaced is found before any part gets its name.
        try FileManager.default.removeItem(atPath: paths[2])
        _ = folder.makeFolder("m-00003-of-00003.gguf")
        #expect(throws: CheckpointError.self) {
            try SplitGGUFWriter(writer, partsOfAtMost: 1, path: folder.file("m")).write()
        }
        #expect(try paths.prefix(2).map { try TextFile.bytes($0) } == Array(before.prefix(2)))
    }

    /// What a killed export left is removed whatever its number of parts, and nothing else.
    @Test func theNextExportRemovesWhatAKilledOneLeft() throws {
        let left = ["m.gguf.5000000-1.partial", "m.gguf.5000000-2.partial"]
        let others = ["m.gguf.partial", "m.gguf.\(getppid())-3.partial", "n.gguf.5000000-4.partial"]
        for name in left + others {
            _ = folder.makeFolder(name)
            for number in 1...3 { folder.write([1], as: "\(name)/m-0000\(number)-of-00009.gguf") }
        }
        let strangers = ["m-00001-of-00009.gguf", "m-00002-of-00009.gguf.part", "m-00003-of-00009.gguf.1.partial"]
        for name in strangers { folder.write([1], as: name) }
        let paths = try split(writer([5, 6]), 1)
        #expect(folder.contents.map(folder.file) == (paths + (others + strangers).map(folder.file)).sorted())
        for name in others { #expect(Folder.names(in: folder.file(name)).count == 3) }
    }

    /// Systems limit how many files a process may have open.
    @Test(.enabled(if: Folder.exists("/proc/self/fd"))) func onlyThePartAtWorkIsOpen() throws {
        let split = try SplitGGUFWriter(
            writer([Int](repeating: 9, count: 50)), partsOfAtMost: 1, path: folder.file("m"))
        var most = 0
        try split.write { _ in
            let open = Folder.names(in: "/proc/self/fd").compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
            }
            most = max(most, open.count { $0.hasPrefix(folder.path) })
        }
        // The temporary folder, whose lock protects all parts, and one of them.
        #expect(most == 2 && split.paths.count == 50 && folder.contents.count == 50)
    }

    @Test func partsReplaceWhatHasTheirNames() throws {
        let elsewhere = folder.makeFolder("elsewhere")
        folder.write([1], as: "m-00001-of-00003.gguf")
        #expect(chmod(folder.file("m-00001-of-00003.gguf"), 0o600) == 0)
        try Folder.link(folder.file("m-00002-of-00003.gguf"), to: "elsewhere/second")
        let paths = try split(writer([5, 6, 7]), 1)
        #expect(try GGUFFile(path: paths[2]).tensors.count == 3)
        #expect(try FileManager.default.attributesOfItem(atPath: paths[0])[.posixPermissions] as? Int == 0o600)
        #expect(Folder.isLink(paths[1]) && Folder.names(in: elsewhere) == ["second"])
        // Of these, nothing can be replaced, which is found before anything is written.
        try FileManager.default.removeItem(atPath: paths[2])
        for (make, found) in [
            ({ _ = mkfifo($0, 0o600) }, "a device or a pipe"), ({ _ = mkdir($0, 0o700) }, "a folder"),
            ({ _ = symlink("/dev/shm/none", $0) }, "a link to another file system"),
        ] as [((String) -> Void, String)] where !found.contains("link") || Folder.exists("/dev/shm") {
            make(paths[2])
            let error = #expect(throws: CheckpointError.self) {
                try SplitGGUFWriter(writer([5, 6, 7]), partsOfAtMost: 1, path: folder.file("m")).write { _ in
                    Issue.record("something was written")
                }
            }
            #expect(error?.file == paths[2] && error?.found.hasPrefix(found) == true)
            #expect(unlink(paths[2]) == 0 || rmdir(paths[2]) == 0)
        }
    }

    @Test func thePathEndsWithAName() throws {
        let folders = [folder.path, folder.path + "/", folder.path + "/new/", folder.path + "/.gguf"]
        for path in folders + [".gguf", "/dev/null", ""] {
            let error = #expect(throws: CheckpointError.self) {
                try SplitGGUFWriter(writer([1]), partsOfAtMost: 1, path: path)
            }
            #expect(error?.file == path && error?.name == "")
        }
    }

    @Test func placesAreCheckedWithoutATrace() throws {
        try SplitGGUFWriter.checkPlace(folder.file("m.gguf"))
        try ReplacementFile.check(folder.file("m.gguf"))
        try ReplacementFile.check("/dev/null")
        for path in [folder.file("none/m.gguf"), folder.file(".gguf")] {
            #expect(throws: CheckpointError.self) { try SplitGGUFWriter.checkPlace(path) }
        }
        #expect(throws: FileError.self) { try ReplacementFile.check(folder.file("none/m.gguf")) }
        #expect(throws: FileError.self) { try ReplacementFile.check(folder.path) }
        #expect(folder.contents.isEmpty)
    }

    @Test func outputsInOnePlaceCollide() {
        func collide(_ path: String, _ output: String, inParts: Bool = false) -> Bool {
            OutputPlaces.collide(folder.file(path), with: folder.file(output), inParts: inParts)
        }
        #expect(collide("a", "a") && collide("./a", "a") && !collide("a", "b"))
        _ = folder.makeFolder("new")
        #expect(collide("new/a", "new") && collide("new/../a", "a") && !collide("new-a", "new"))
        for output in ["m", "m.gguf", "./m.gguf"] {
            #expect(collide("m-00002-of-00003.gguf", output, inParts: true))
            #expect(!collide("m-00002-of-00003.gguf", output))
            #expect(!collide("m-2-of-3.gguf", output, inParts: true))
            #expect(!collide("n-00002-of-00003.gguf", output, inParts: true))
        }
        #expect(!OutputPlaces.collide("/dev/null", with: "/dev/null"))
    }

    @Test func hashesDoNotDependOnThePieces() {
        let bytes = (0..<100).map { UInt8($0) }
        func hash(_ pieces: [ArraySlice<UInt8>]) -> UInt64 {
            var hash = ContentHash()
            for piece in pieces.map(Array.init) { hash.add(piece.span.bytes) }
            return hash.value
        }
        let whole = hash([bytes[...]])
        for cut in bytes.indices {
            for length in [0, 1, 7, 8, 9] where cut + length <= bytes.count {
                #expect(hash([bytes[..<cut], bytes[cut..<cut + length], bytes[(cut + length)...]]) == whole)
            }
            var changed = bytes
            changed[cut] ^= 1
            #expect(hash([changed[...]]) != whole && hash([bytes[..<cut]]) != whole)
        }
        // Zeros at the end count.
        #expect(hash([[0]]) != hash([[0, 0]]))
    }
}
