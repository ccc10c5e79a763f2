import CheckpointFiles
import Foundation
import TestSupport
import Testing

@Suite("Leftovers of killed writers")
struct LeftoverTests {
    private let folder = TemporaryFolder()
    /// A number that no system assigns to a process.
    private let dead = 5_000_000

    private func write(_ name: String) { folder.write([1], as: name) }

    @Test func theNextWriterOfTheSamePathRemovesThem() throws {
        write("x.gguf.\(dead)-1.partial")
        _ = folder.makeFolder("x.gguf.\(dead)-2.partial")
        write("x.gguf.\(dead)-2.partial/model.safetensors")
        try Folder.link(folder.file("x.gguf.\(dead)-3.partial"), to: "whole")
        // This process holds no lock on it, so an earlier process had its number.
        write("x.gguf.\(getpid())-4.partial")
        let strangers = [
            "whole", "x.gguf.partial", "x.gguf.part", "x.gguf.\(dead)-x.partial", "x.gguf.\(dead).partial",
            "y.gguf.\(dead)-1.partial", "x.\(dead)-1.partial", "x.gguf.\(dead)-1.partial.txt",
            // A running process.
            "x.gguf.\(getppid())-5.partial", "x.gguf.0-6.partial",
        ]
        for name in strangers { write(name) }
        try TextFile.write([2], to: folder.file("x.gguf"))
        #expect(folder.contents == (strangers + ["x.gguf"]).sorted())
        // A folder's writer does the same.
        try ReplacementFolder(folder.file("y.gguf")).commit()
        #expect(!folder.contents.contains("y.gguf.\(dead)-1.partial"))
    }

    @Test func aWriterAtWorkKeepsItsFile() throws {
        let path = folder.file("x")
        let slow = try ReplacementFile(path)
        try slow.write([1])
        var slowFolder = try ReplacementFolder(folder.file("f"))
        try TextFile.write([1], to: slowFolder.path(for: "a"))
        // Two concurrent writers: the last to commit wins.
        try TextFile.write([2], to: path)
        try ReplacementFolder(folder.file("f")).commit()
        Folder.removeLeftovers(in: folder.path)
        #expect(try TextFile.bytes(path) == [2])
        try slow.commit()
        try slowFolder.commit()
        #expect(try TextFile.bytes(path) == [1])
        #expect(folder.contents == ["f", "x"])
        #expect(Folder.names(in: folder.file("f")) == ["a"])
    }

    /// A process whose parent has not waited for it counts as dead. In some containers the first process never waits.
    @Test(.enabled(if: Folder.exists("/proc/self"))) func whatADeadProcessLeftIsRemoved() throws {
        var process = pid_t()
        let arguments = [strdup("true"), nil]
        defer { free(arguments[0]) }
        #expect(posix_spawnp(&process, "true", nil, nil, arguments, nil) == 0)
        // Wait until it is a zombie.
        var information = siginfo_t()
        #expect(waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) == 0)
        write("x.\(process)-1.partial")
        try TextFile.write([2], to: folder.file("x"))
        #expect(folder.contents == ["x"])
        var status: Int32 = 0
        #expect(waitpid(process, &status, 0) == process)
    }

    /// A file locked by another process is in use, regardless of its process number here.
    @Test func aLockedFileStays() throws {
        let name = "x.\(dead)-1.partial"
        write(name)
        let descriptor = open(folder.file(name), O_RDONLY)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX) == 0)
        try TextFile.write([2], to: folder.file("x"))
        #expect(folder.contents.contains(name))
        // Closing the descriptor is not enough: a process started by another test may have inherited it.
        #expect(flock(descriptor, LOCK_UN) == 0)
        try TextFile.write([2], to: folder.file("x"))
        #expect(folder.contents == ["x"])
    }
}

@Suite("Outputs that are inputs")
struct InputFilesTests {
    private let folder = TemporaryFolder()

    private func complaint(_ inputs: InputFiles, _ output: String) -> String? {
        do {
            try inputs.check(output: output)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func theyAreFoundByWhateverPath() throws {
        let input = folder.write([1], as: "input")
        let hard = folder.file("hard")
        #expect(link(input, hard) == 0)
        try Folder.link(folder.file("soft"), to: "input")
        var inputs = InputFiles()
        inputs.add(input, as: "the model that is read")
        for path in [input, hard, folder.file("soft"), folder.path + "/./input", folder.path + "//input"] {
            #expect(
                complaint(inputs, path)
                    == "\(path): expected an output that is not also an input, found the model that is read; choose "
                    + "another output")
        }
        #expect(complaint(inputs, folder.file("new")) == nil)
        folder.write([1], as: "other")
        #expect(complaint(inputs, folder.file("other")) == nil)
    }

    @Test func aFolderStandsForItsFiles() throws {
        let model = folder.makeFolder("model")
        try TextFile.write([1], to: model + "/config.json")
        folder.write([1], as: "blob")
        try Folder.link(model + "/weights", to: "../blob")
        var inputs = InputFiles()
        inputs.add(model, as: "a model")
        for path in [model, model + "/", model + "/config.json", model + "/weights", folder.file("blob")] {
            #expect(complaint(inputs, path) != nil, "\(path)")
        }
        #expect(complaint(inputs, model + "/new.gguf") == nil)
        #expect(complaint(inputs, folder.path) == nil)
    }

    @Test func anInputNamedLikeAnIncompleteOutputIsRefused() {
        let path = folder.write([1], as: "notes.123-456.partial")
        var inputs = InputFiles()
        inputs.add(path, as: "a text")
        #expect(complaint(inputs, folder.file("notes"))?.contains("rename it to read it") == true)
        #expect(folder.contents == ["notes.123-456.partial"])
    }

    @Test func pipesAndDevicesPass() {
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        var inputs = InputFiles()
        inputs.add(folder.file("pipe"), as: "a text")
        inputs.add("/dev/null", as: "a text")
        #expect(complaint(inputs, folder.file("pipe")) == nil && complaint(inputs, "/dev/null") == nil)
    }
}
