import CommandTesting
import CheckpointFiles
import TestSupport
import Testing

/// What begins and ends a text, on the command line.
struct TextEndsCommandTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles() }

    @Test func evaluateSaysHowTheTextBegan() throws {
        let text = files.write(String(repeating: "It was the best of times. ", count: 4), as: "text.txt")
        let arguments = ["evaluate", "--model", files.model, "--text", text]
        func json(_ more: String...) throws -> [String: Any] {
            try CommandRun(arguments + more + ["--format", "json"]).json
        }
        let without = try json()
        let with = try json("--bos")
        #expect(without["bos"] as? Bool == false && with["bos"] as? Bool == true)
        let count = try #require(without["tokens"] as? Int)
        #expect(with["tokens"] as? Int == count + 1)
        #expect(try CommandRun(arguments).output.contains("tokens scored, no beginning-of-text token"))
        #expect(try CommandRun(arguments + ["--bos"]).output.contains("each window begins with the beginning-of-text"))
    }

    @Test func evaluateNeedsATokenToBeginWith() throws {
        var writer = TinyLlamaFile().writer()
        writer.metadata["tokenizer.ggml.bos_token_id"] = nil
        try writer.write(to: files.file("none.gguf"))
        let text = files.write("It was the best of times.", as: "text.txt")
        let run = try CommandRun(["evaluate", "--bos", "--model", files.file("none.gguf"), "--text", text])
        #expect(run.code == 1)
        #expect(run.errors.contains("--bos: expected a model with a beginning-of-text token, found none"))
    }

    @Test func aSpecialTokenStopsDespiteIgnoredEnds() throws {
        func run(_ more: String...) throws -> CommandRun {
            try CommandRun(
                [
                    "generate", "Once upon", "--model", files.model, "--temperature", "5", "--max-tokens", "500",
                    "--ignore-eos", "--strategy", "plain",
                ] + more)
        }
        let whole = try run("--format", "json").json["tokens"] as? [Int] ?? []
        let end = try #require(whole.firstIndex(of: 2))
        let stopped = try run("--stop", "<|im_end|>", "--format", "json").json["tokens"] as? [Int]
        #expect(stopped == Array(whole[...end]))
        #expect(try run("--stop", "<|im_end|>").errors.contains("ended by stop \"<|im_end|>\""))
    }

    @Test func inspectTellsBeginningAndEnds() throws {
        let output = try CommandRun(["inspect", files.model]).output
        #expect(output.contains("texts begin    with no special token (1 \"<|im_start|>\" is not added)\n"))
        #expect(output.contains("texts end      with 0 \"<|endoftext|>\", 2 \"<|im_end|>\"\n"))
        let json = try CommandRun(["inspect", files.model, "--format", "json"]).json
        let ends = try #require((json["text_ends"] as? [String: Any])?["ends_of_text"] as? [[String: Any]])
        #expect(ends.map { $0["id"] as? Int } == [0, 2])
    }

    /// Keys beyond the range of an F16 cache: every command names the format that can hold them.
    @Test func anOverflowingCacheNamesAnotherFormat() throws {
        let large = try CommandFiles { $0.keySize = 1e6 }
        let prompts = large.write("{\"prompt\": \"Once upon\"}", as: "prompts.jsonl")
        let text = large.write(String(repeating: "It was the best of times. ", count: 4), as: "text.txt")
        let model = ["--model", large.model]
        for command in [
            ["generate", "Once upon", "--max-tokens", "4"], ["evaluate", "--text", text], ["chat"],
            ["verify", "--prompts", prompts, "--exit-layers", "1", "--draft-lengths", "2", "--max-tokens", "4"],
        ] {
            let run = try CommandRun(command + model, input: "Hello\n")
            #expect(run.code == 1)
            #expect(run.errors.contains("use --cache-format bf16"), "\(command): \(run.errors)")
            let other = try CommandRun(command + model + ["--cache-format", "bf16"], input: "Hello\n")
            #expect(other.code == 0, "\(command): \(other.errors)")
        }
    }
}
