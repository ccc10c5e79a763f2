import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

@Suite("generate --picture")
struct PictureCommandTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles() }

    private func generate(_ arguments: String...) throws -> CommandRun {
        try CommandRun(["generate", "--model", files.model, "--max-tokens", "12"] + arguments)
    }

    private func picture(_ path: String) throws -> DrawnPicture {
        try #require(DrawnPicture(String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)))
    }

    @Test(arguments: [["plain"], ["early-exit", "--exit-layer", "2"], ["self-speculative", "--exit-layer", "2"]])
    func itReplacesTheFileAndLeavesTheText(strategy: [String]) throws {
        let path = files.write("before", as: "drafts.svg")
        let command = ["generate", "--model", files.model, "--max-tokens", "12", "--ignore-eos", "Once"]
        let plain = try CommandRun(command + ["--strategy"] + strategy)
        let drawn = try CommandRun(command + ["--strategy"] + strategy + ["--picture", path])
        #expect(drawn.code == 0 && drawn.output == plain.output, "\(drawn.errors)")
        let picture = try picture(path)
        #expect(picture.tokens("written").count + picture.tokens("accepted").count == 12)
        #expect(picture.groups[0].text == "Once")
        #expect(Folder.names(in: files.path).allSatisfy { !$0.hasSuffix(".partial") })
    }

    @Test func jsonIsPrintedAsWell() throws {
        let path = files.file("drafts.svg")
        let run = try generate("Once", "--format", "json", "--picture", path)
        #expect(try run.json["text"] is String)
        // The meanings of prompt, earlier text, the model's own tokens and rejected drafts, and how it was decoded.
        #expect(try picture(path).notes.count == 5)
    }

    @Test func badPathsAreRefusedFirst() throws {
        let prompt = files.write("Once", as: "prompt.txt")
        let names = Folder.names(in: files.path)
        for (arguments, path, found) in [
            (["Once"], files.path, "expected a place to write to, found a folder"),
            (["Once"], files.file("missing/drafts.svg"), "expected a place to write to"),
            (["Once"], files.model, "expected an output that is not also an input, found the model that is read"),
            (["--prompt-file", prompt], prompt, "found the prompt"),
        ] {
            let run = try CommandRun(["generate", "--model", files.model, "--picture", path] + arguments)
            #expect(run.code == 1 && run.output == "", "\(path)")
            #expect(run.errors.contains("\(path): ") && run.errors.contains(found), "\(run.errors)")
        }
        // Before the model is loaded.
        let run = try CommandRun(["generate", "a", "--model", files.file("none.gguf"), "--picture", files.path])
        #expect(run.code == 1 && run.errors.contains("found a folder"), "\(run.errors)")
        #expect(Folder.names(in: files.path) == names)
    }

    @Test(.enabled(if: Folder.exists("/proc/self/fd"))) func standardOutputHasTheText() throws {
        let run = try generate("Once", "--picture", "/dev/stdout")
        #expect(run.code == 2 && run.output == "")
        #expect(run.errors.contains("--picture: expected a file, found standard output"), "\(run.errors)")
    }

    @Test func anErrorLeavesNoFile() throws {
        let path = files.file("drafts.svg")
        let run = try generate("Once", "--exit-layer", "99", "--picture", path)
        #expect(run.code == 1)
        #expect(!Folder.exists(path) && Folder.names(in: files.path).allSatisfy { !$0.hasSuffix(".partial") })
    }
}
