import CommandTesting
import Foundation
import TestSupport
import Testing

/// `~` in paths that a shell does not expand, such as `--output=~/x`.
@Suite("Paths in the home folder")
struct HomePathTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles() }

    private func run(_ arguments: String...) throws -> CommandRun {
        try CommandRun(arguments, environment: ["HOME": files.path])
    }

    @Test func everyCommandFindsThem() throws {
        _ = files.write("Once", as: "prompt.txt")
        _ = files.write("{\"prompt\": \"a\"}", as: "prompts.jsonl")
        let limit = "--max-tokens=2"
        for arguments in [
            ["inspect", "~/tiny.gguf"], ["tokenize", "--model=~/tiny.gguf", "a"],
            ["generate", "--model", "~/tiny.gguf", "--prompt-file=~/prompt.txt", limit],
            ["chat", "--model=~/tiny.gguf"], ["evaluate", "--model=~/tiny.gguf", "--text=~/prompt.txt"],
            [
                "verify", "--model=~/tiny.gguf", "--prompts=~/prompts.jsonl", "--exit-layers=1", "--draft-lengths=1",
                limit,
            ],
            [
                "benchmark", "--model=~/tiny.gguf", "--prompts=~/prompts.jsonl", "--exit-layer=1", "--draft-length=1",
                limit,
            ],
            ["export", "~/tiny.gguf", "--to=safetensors", "--output=~/folder"],
            ["prepare-data", "~/prompt.txt", "--tokenizer=~/folder/tokenizer.json", "--output=~/a.tokens"],
            ["train-tokenizer", "~/prompt.txt", "--vocabulary-size=260", "--output=~/b.json"],
        ] {
            let run = try CommandRun(arguments, environment: ["HOME": files.path])
            #expect(run.code == 0, "\(arguments): \(run.errors)")
        }
        for name in ["folder/config.json", "a.tokens", "b.json"] {
            #expect(FileManager.default.fileExists(atPath: files.file(name)), "\(name)")
        }
        let recipe = try run("train", "~/recipe.yaml")
        #expect(
            recipe.errors.hasPrefix("error: \(files.path)/recipe.yaml: expected a readable text"), "\(recipe.errors)")
    }

    @Test func othersAreAMatterOfUsage() throws {
        let other = try run("export", "--to=gguf", "--output=~nobody/a.gguf")
        #expect(other.code == 2)
        #expect(
            other.errors.contains(
                "expected ~/ or a path that does not begin with ~ (./~ for a file called ~), found \"~nobody/a.gguf\""),
            "\(other.errors)")
        let homeless = try CommandRun(["inspect", "~/tiny.gguf"], environment: ["HOME": ""])
        #expect(homeless.code == 2)
        #expect(homeless.errors.contains("expected the variable HOME, for ~"), "\(homeless.errors)")
    }
}
