import CommandTesting
import Foundation
import TestSupport
import Testing

/// Commands without a named model.
@Suite("The model in the program")
struct DefaultModelTests {
    private let folder = TemporaryFolder()

    @Test func everyCommandTakesIt() throws {
        let prompts = folder.write(Array("{\"prompt\": \"struct Point {\"}".utf8), as: "prompts.jsonl")
        let page = folder.write(Array("let x = 1\nlet y = x + 1\nprint(x, y)\n".utf8), as: "page.swift")
        for (command, part) in [
            (["generate", "struct Point {", "--max-tokens", "8", "--format", "json"], "\"text\""),
            (["inspect"], "file           the default model ("),
            (["tokenize", "let x = 1"], "\"ids\""), (["evaluate", "--text", page], "tokens scored"),
            (
                ["verify", "--prompts", prompts, "--max-tokens", "8"],
                "1 case, 1 with equal tokens, 1 with equal logits"
            ),
            (["benchmark", "--prompts", prompts, "--max-tokens", "4", "--rounds", "1"], "self-speculative"),
        ] {
            let run = try CommandRun(command)
            #expect(run.code == 0, "\(command): \(run.errors)")
            #expect(run.output.contains(part), "\(command): \(run.output)")
        }
    }

    @Test func itsTextIsThatOfPlainDecoding() throws {
        let command = ["generate", "func fibonacci(_ n: Int) -> Int {", "--max-tokens", "24", "--format", "json"]
        let (drafting, plain) = (try CommandRun(command).json, try CommandRun(command + ["--strategy", "plain"]).json)
        #expect(drafting["text"] as? String == plain["text"] as? String)
        #expect(drafting["text"] as? String != "")
        let statistics = try #require(drafting["statistics"] as? [String: Any])
        #expect(try #require(statistics["drafted"] as? Int) > 0)
    }

    @Test func itIsExportedAndTrainedFurther() throws {
        let copy = folder.file("copy.gguf")
        #expect(try CommandRun(["export", "--to", "gguf", "--output", copy]).code == 0)
        let command = ["generate", "struct Point {", "--max-tokens", "8"]
        let (copied, inside) = (try CommandRun(command + ["--model", copy]), try CommandRun(command))
        #expect(copied.code == 0 && copied.output == inside.output && !inside.output.isEmpty)

        let text = folder.write(Array(String(repeating: "let x = 1\n", count: 200).utf8), as: "text.swift")
        let shard = folder.file("text.tokens")
        let prepared = try CommandRun(["prepare-data", text, "--output", shard])
        #expect(prepared.code == 0, "\(prepared.errors)")
        let recipe = folder.write(
            Array(
                """
                output: \(folder.file("run"))
                steps: 1
                model: {start: default}
                data: {training: \(shard)}
                batch: {sequences: 1, length: 16}
                validation: {every: 0}
                """.utf8), as: "recipe.yaml")
        let trained = try CommandRun(["train", recipe])
        #expect(trained.code == 0, "\(trained.errors)")
        let changed = try CommandRun(["train", recipe, "model.width=3"])
        #expect(changed.code == 1 && changed.errors.contains("since the model comes from the program"))
    }

    @Test func theProgramTakesItAlong() throws {
        let script = "cp \"$LAYERSKIP\" \"$1\" && cd / && exec \"$1\" generate 'struct Point {' --max-tokens 4"
        let run = try CommandRun(script: script, [folder.file("alone")])
        #expect(run.code == 0, "\(run.errors)")
        #expect(!run.output.isEmpty)
    }

    @Test func itDoesNotChat() throws {
        let run = try CommandRun(["chat"], input: "Hello\n")
        #expect(run.code == 1)
        #expect(
            run.errors.contains(
                "the default model: chat template: expected a template for conversations, found none"))
        #expect(run.errors.contains("pass a file with --chat-template, or choose an instruct model"))
    }
}
