import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

@Suite("Where outputs go")
struct OutputTests {
    private let files: CommandFiles
    private let text: String
    private let tokenizer: String

    init() throws {
        files = try CommandFiles()
        text = files.write("the cat and the dog and the cat", as: "a.txt")
        tokenizer = files.file("tokenizer.json")
        try TokenizerDefinition(ofFile: files.model).write(to: tokenizer)
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    /// Runs a command whose output is one of its inputs.
    private func expectRefusal(
        _ arguments: [String], output: String, keeping input: String, as role: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let before = try bytes(input)
        let names = Folder.names(in: files.path)
        let run = try CommandRun(arguments + ["--output", output])
        #expect(run.code == 1 && run.output == "", sourceLocation: location)
        #expect(
            run.errors.contains("\(output): expected an output that is not also an input, found \(role)"),
            "\(run.errors)", sourceLocation: location)
        #expect(try bytes(input) == before, sourceLocation: location)
        #expect(Folder.names(in: files.path) == names, sourceLocation: location)
    }

    @Test func noCommandWritesOverWhatItReads() throws {
        let hard = files.file("hard")
        try FileManager.default.linkItem(atPath: text, toPath: hard)
        try Folder.link(files.file("soft"), to: "a.txt")
        let list = files.write(text + "\n", as: "list")
        try Folder.make(files.file("b"))
        for output in [text, hard, files.file("soft"), files.file("b/../a.txt")] {
            try expectRefusal(["train-tokenizer", text], output: output, keeping: text, as: "a text")
            try expectRefusal(["prepare-data", text], output: output, keeping: text, as: "a text")
            try expectRefusal(["prepare-data", "--files", list], output: output, keeping: text, as: "a text")
        }
        for command in ["train-tokenizer", "prepare-data"] {
            try expectRefusal([command, files.path, "--endings", "txt"], output: text, keeping: text, as: "a text")
            try expectRefusal([command, "--files", list], output: list, keeping: list, as: "the list of inputs")
        }
        for path in [tokenizer, files.model] {
            try expectRefusal(
                ["prepare-data", text, "--tokenizer", path], output: path, keeping: path, as: "the tokenizer")
        }
        for format in [[], ["--quantize", "q4_0"]] {
            try expectRefusal(
                ["export", files.model, "--to", "gguf"] + format, output: files.model, keeping: files.model,
                as: "the model that is read")
        }
    }

    @Test func noFileOfAModelFolderIsWrittenOver() throws {
        let folder = files.file("folder")
        #expect(try CommandRun(["export", files.model, "--to", "safetensors", "--output", folder]).code == 0)
        for name in ["model.safetensors", "config.json", "tokenizer.json"] {
            let path = "\(folder)/\(name)"
            try expectRefusal(
                ["export", folder, "--to", "gguf"], output: path, keeping: path, as: "the model that is read")
            try expectRefusal(
                ["prepare-data", text, "--tokenizer", folder], output: path, keeping: path, as: "the tokenizer")
        }
        try expectRefusal(
            ["export", folder, "--to", "safetensors"], output: folder, keeping: folder + "/config.json",
            as: "the model that is read")
        // A new file in the folder is fine.
        let new = try CommandRun(["export", folder, "--to", "gguf", "--output", folder + "/new.gguf"])
        #expect(new.code == 0, "\(new.errors)")
    }

    @Test func pipesAreWrittenToAndStay() throws {
        for arguments in [
            ["export", files.model, "--to", "gguf"], ["prepare-data", text, "--tokenizer", tokenizer],
            ["train-tokenizer", text, "--vocabulary-size", "270"],
        ] {
            let file = files.file("file")
            #expect(try CommandRun(arguments + ["--output", file]).code == 0)
            // The summary names the output; everything else is the same.
            let script = """
                pipe="$1"; copy="$2"; shift 2
                mkfifo "$pipe"; cat "$pipe" > "$copy" &
                "$LAYERSKIP" "$@" --output "$pipe" || exit 9
                wait; [ -p "$pipe" ] && rm "$pipe"
                """
            let run = try CommandRun(script: script, [files.file("pipe"), files.file("copy")] + arguments)
            #expect(run.code == 0, "\(arguments): \(run.errors)")
            #expect(try bytes(files.file("copy")) == bytes(file), "\(arguments)")
        }
    }

    @Test(.enabled(if: Folder.exists("/proc/self/fd"))) func standardOutputMayBeTheOutput() throws {
        for arguments in [
            ["export", files.model, "--to", "gguf"], ["prepare-data", text, "--tokenizer", tokenizer],
            ["train-tokenizer", text, "--vocabulary-size", "270"],
            ["train-tokenizer", text, "--vocabulary-size", "270", "--format", "json"],
        ] {
            let file = files.file("file")
            #expect(try CommandRun(arguments + ["--output", file]).code == 0)
            for (name, redirection) in [
                ("/dev/stdout", "> \"$COPY\""), ("/dev/stdout", "| cat > \"$COPY\""), ("/dev/fd/5", "5> \"$COPY\""),
            ] {
                let copy = files.file("copy")
                let script = "\"$LAYERSKIP\" \"$@\" --output \(name) \(redirection)"
                let run = try CommandRun(script: script, arguments, environment: ["COPY": copy])
                #expect(run.code == 0, "\(run.errors)")
                #expect(try bytes(copy) == bytes(file), "\(arguments) to \(name)")
            }
        }
        // The summary then goes to standard error, and the existing content is kept.
        let copy = files.write("before\n", as: "copy")
        let run = try CommandRun(
            script: "\"$LAYERSKIP\" \"$@\" --output /dev/stdout >> \"$COPY\"",
            ["train-tokenizer", text, "--vocabulary-size", "270"], environment: ["COPY": copy])
        #expect(run.code == 0 && run.errors.contains("different words of 1 document"))
        #expect(try bytes(copy) == Data("before\n".utf8) + bytes(files.file("file")))
        let appended = try CommandRun(
            script: "\"$LAYERSKIP\" train-tokenizer \"$1\" --output /dev/stdout >> \"$1\"", [text])
        #expect(appended.code == 1 && appended.errors.contains("not also an input"))
    }

    @Test func leftoversOfAKilledExportAreRemoved() throws {
        let output = files.file("x.gguf")
        _ = files.write("half", as: "x.gguf.5000000-1.partial")
        try Folder.make(files.file("x.5000000-2.partial"))
        _ = files.write("half", as: "x.5000000-2.partial/config.json")
        #expect(try CommandRun(["export", files.model, "--to", "gguf", "--output", output]).code == 0)
        #expect(try CommandRun(["export", files.model, "--to", "safetensors", "--output", files.file("x")]).code == 0)
        #expect(Folder.names(in: files.path).allSatisfy { !$0.hasSuffix(".partial") })
    }

    @Test func aFullDiskLeavesNothing() throws {
        // A limit on file sizes simulates a full disk.
        let names = Folder.names(in: files.path)
        for arguments in [
            ["export", files.model, "--to", "gguf"], ["export", files.model, "--to", "safetensors"],
            ["train-tokenizer", text, "--vocabulary-size", "270"],
        ] {
            let run = try CommandRun(
                script: "ulimit -f 2; exec \"$LAYERSKIP\" \"$@\"", arguments + ["--output", files.file("new")])
            #expect(run.code == 1, "\(run.errors)")
            #expect(run.errors.contains("expected a disk that can be written to, found File too large"))
            #expect(Folder.names(in: files.path) == names)
        }
    }
}
