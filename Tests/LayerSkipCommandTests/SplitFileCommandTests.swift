import CommandTesting
import Foundation
import TestSupport
import Testing

@Suite("Commands on split GGUF files")
struct SplitFileCommandTests {
    private let files: CommandFiles
    private let parts: [String]

    init() throws {
        files = try CommandFiles()
        let run = try CommandRun(
            ["export", files.model, "--to", "gguf", "--split-size", "150k", "--output", files.file("split.gguf")])
        try #require(run.code == 0, "\(run.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: files.path)
        parts = names.filter { $0.hasPrefix("split-") }.sorted().map(files.file)
        try #require(parts.count > 2 && run.errors.contains("\(parts[0]) (\(parts.count) parts): "), "\(run.errors)")
    }

    @Test func everyCommandOpensThem() throws {
        let prompts = files.write("{\"prompt\": \"the hare\"}", as: "prompts.jsonl")
        let page = files.write("the hare and the hatter in the morning", as: "page.txt")
        for command in [
            ["generate", "the hare", "--max-tokens", "12"],
            ["verify", "--prompts", prompts, "--exit-layers", "2", "--draft-lengths", "3", "--max-tokens", "12"],
            ["tokenize", "the hare and the hatter"],
            ["evaluate", "--text", page],
        ] {
            let runs = try [files.model, parts[0], parts[2]].map { try CommandRun(command + ["--model", $0]) }
            for run in runs { #expect(run.code == 0, "\(command): \(run.errors)") }
            #expect(Set(runs.map(\.output)).count == 1, "\(command): \(runs.map(\.output))")
        }
        let exports = try [files.model, parts[1]].map { model in
            let output = files.file("whole.gguf")
            #expect(try CommandRun(["export", model, "--to", "gguf", "--output", output]).code == 0)
            return try Data(contentsOf: URL(filePath: output))
        }
        #expect(exports[0] == exports[1])
    }

    @Test func inspectNamesTheParts() throws {
        let json = try CommandRun(["inspect", parts[1], "--format", "json"]).json
        #expect(json["files"] as? [String] == parts && json["cannot_run"] is NSNull)
        #expect(
            try CommandRun(["inspect", parts[1]]).output.contains("files          \(parts.joined(separator: ", "))"))
        #expect(try !CommandRun(["inspect", files.model]).output.contains("\nfiles"))
    }

    @Test func aMissingPartIsNamed() throws {
        try FileManager.default.removeItem(atPath: parts[1])
        for model in [parts[0], parts[2]] {
            let run = try CommandRun(["generate", "the hare", "--model", model])
            #expect(
                run.code == 1 && run.errors.contains("\(parts[1]): expected part 2 of the model's "), "\(run.errors)")
            #expect(try CommandRun(["tokenize", "the hare", "--model", model]).code == 0)
            let inspected = try CommandRun(["inspect", model])
            #expect(inspected.code == 0 && inspected.output.contains("cannot be run: \(parts[1])"))
        }
    }

    @Test(arguments: ["0", "-1", "x", "1T", "1.5G", "G", "99999999999G"])
    func wrongSizesAreUsage(size: String) throws {
        let run = try CommandRun(
            ["export", files.model, "--to", "gguf", "--split-size=\(size)", "--output", files.file("new")])
        #expect(run.code == 2 && run.errors.contains("expected a number of bytes above 0"), "\(run.errors)")
    }

    @Test func aSizeMayBeginWithAMinus() throws {
        let run = try CommandRun(
            ["export", files.model, "--to", "gguf", "--split-size", "-5", "--output", files.file("new")])
        #expect(run.code == 2 && run.errors.contains("expected a number of bytes above 0"), "\(run.errors)")
    }

    @Test func foldersAreNotSplit() throws {
        let run = try CommandRun(
            ["export", files.model, "--to", "safetensors", "--split-size", "1M", "--output", files.file("new")])
        #expect(run.code == 2 && run.errors.contains("--split-size: expected --to gguf"), "\(run.errors)")
        let folder = try CommandRun(
            ["export", files.model, "--to", "gguf", "--split-size", "1M", "--output", files.path])
        #expect(folder.code == 1 && folder.errors.contains("found a folder"), "\(folder.errors)")
    }
}
