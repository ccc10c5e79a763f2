import CommandTesting
import CheckpointFiles
import TestSupport
import Testing

@Suite("What the program says to bad input")
struct ErrorTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles() }

    private func expectFailure(
        _ run: CommandRun, code: Int32, _ parts: String..., location: SourceLocation = #_sourceLocation
    ) {
        #expect(run.code == code, "\(run.errors)", sourceLocation: location)
        #expect(run.output == "", sourceLocation: location)
        for part in parts {
            #expect(run.errors.contains(part), "\(part) in \(run.errors)", sourceLocation: location)
        }
    }

    private func generate(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws
        -> CommandRun
    {
        try CommandRun(["generate", "--model", files.model] + arguments, input: input, environment: environment)
    }

    @Test func wrongUsageIsCode2() throws {
        expectFailure(try CommandRun(["frobnicate"]), code: 2, "frobnicate", "Usage:")
        expectFailure(try generate("a", "--bogus"), code: 2, "--bogus")
        expectFailure(try generate("a", "--threads", "0"), code: 2, "--threads: expected 1...", "found 0")
        expectFailure(try generate("a", "--threads", "99999999999999999999"), code: 2, "--threads")
        expectFailure(try generate("a", "--temperature", "warm"), code: 2, "--temperature")
        expectFailure(try generate("a", "--strategy", "fast"), code: 2, "--strategy", "self-speculative")
        expectFailure(try generate("a", "--prompt-file", "b"), code: 2, "found both")
        expectFailure(try generate("a", "--strategy", "plain", "--exit-layer", "1"), code: 2, "--strategy")
        expectFailure(
            try generate("a", "--strategy", "early-exit", "--draft-length", "1"), code: 2, "--strategy self-speculative"
        )
        expectFailure(try generate("a", "--format", "xml"), code: 2, "--format")
        let prompts = files.write("{\"prompt\": \"a\"}", as: "prompts.jsonl")
        let verify = ["verify", "--model", files.model, "--prompts", prompts]
        expectFailure(try CommandRun(verify + ["--exit-layers", "1,x", "--draft-lengths", "1"]), code: 2, "1,x")
        expectFailure(try CommandRun(verify + ["--exit-layers", "", "--draft-lengths", "1"]), code: 2, "--exit-layers")
        expectFailure(try CommandRun(verify + ["--exit-layers", "0", "--draft-lengths", "1"]), code: 2, "found 0")
        expectFailure(try CommandRun(verify + ["--exit-layers", "1", "--draft-lengths", "-1"]), code: 2, "found -1")
    }

    /// Errors quote arguments without their control characters.
    @Test func controlCharactersOfArgumentsAreNotShown() throws {
        let text = "\u{1B}[31mred\u{9B}1m\u{202E}\r"
        for arguments in [
            [text], ["generate", "--\(text)"], ["generate", "--temperature", text],
            ["generate", "a", "--format=\(text)"],
            ["help", text], ["generate", "a", text], ["--generate-completion-script", text],
            ["export", "--to", "gguf", "--output", "~\(text)"], ["train", "r.yaml", "\(text)=1"],
            ["inspect", text], ["generate", "a", "--model", text],
        ] {
            let run = try CommandRun(arguments)
            // Help on an unknown command is the program's help.
            #expect(run.code != 0 || arguments[0] == "help", "\(arguments)")
            let shown = (run.output + run.errors).unicodeScalars
            #expect(!shown.contains { "\u{1B}\u{9B}\u{202E}\r".unicodeScalars.contains($0) }, "\(arguments)")
        }
    }

    @Test(arguments: [
        ("--temperature", "-1"), ("--temperature", "nan"), ("--top-k", "-1"), ("--top-p", "1.5"), ("--min-p", "-0.1"),
        ("--repetition-penalty", "0"), ("--max-tokens", "-3"), ("--stop", ""),
    ]) func numbersOutOfRangeAreUsage(option: String, value: String) throws {
        expectFailure(try generate("a", option, value), code: 2, "expected", "found")
        // Found before the model is loaded.
        expectFailure(
            try CommandRun(["generate", "a", "--model", "/nowhere", option, value]), code: 2, "expected", "found")
    }

    @Test func emptyTextsAreNamed() throws {
        let empty = files.write("", as: "empty.txt")
        let nothing = "prompt: expected at least 1 token, found none; write a prompt\n"
        #expect(try generate("--prompt-file", empty).errors == "error: \(empty): \(nothing)")
        #expect(try generate(input: "\n").errors == "error: standard input: \(nothing)")
        #expect(try generate("").errors == "error: \(nothing)")
        let prompts = files.write("{\"prompt\": \"a\"}\n\n{\"prompt\": \"\"}\n", as: "empty.jsonl")
        let arguments = ["--exit-layers", "1", "--draft-lengths", "1", "--model", files.model]
        #expect(
            try CommandRun(["verify", "--prompts", prompts] + arguments).errors
                == "error: \(prompts), line 3: \(nothing)")
        #expect(
            try CommandRun(["evaluate", "--text", empty, "--model", files.model]).errors
                == "error: \(empty): text: expected at least 2 tokens, found 0; evaluate a longer text\n")
    }

    @Test func evaluationNeedsProse() throws {
        let lines = "{\"prompt\": \"a\", \"answer\": \"b\"}\n"
        for name in ["pairs.jsonl", "pairs.NDJSON"] {
            let path = files.write(lines, as: name)
            let run = try CommandRun(["evaluate", "--model", files.model, "--text", path])
            expectFailure(run, code: 1, "\(path): expected prose, found a file of JSON Lines by its name")
        }
        let path = files.write(lines, as: "pairs.txt")
        let run = try CommandRun(["evaluate", "--model", files.model, "--text", path])
        expectFailure(
            run, code: 1, "\(path): expected prose, found JSON Lines with only the keys \"answer\", \"prompt\"")
        let piped = try CommandRun(["evaluate", "--model", files.model, "--text", "-"], input: lines)
        expectFailure(piped, code: 1, "standard input: expected prose")
    }

    @Test func exitLayersMustExist() throws {
        for strategy in ["early-exit", "self-speculative"] {
            let none = try generate("a", "--strategy", strategy, "--exit-layer", "0")
            expectFailure(none, code: 2, "exit layer: expected 1 or more, found 0")
            let many = try generate("a", "--strategy", strategy, "--exit-layer", "5")
            expectFailure(many, code: 1, "exit layer: expected 1...4", "found 5")
        }
        let prompts = files.write("{\"prompt\": \"a\"}", as: "prompts.jsonl")
        for command in [
            ["verify", "--exit-layers", "1,5", "--draft-lengths", "1"],
            ["benchmark", "--exit-layer", "5", "--draft-length", "1"],
        ] {
            let run = try CommandRun(command + ["--model", files.model, "--prompts", prompts, "--format", "json"])
            expectFailure(run, code: 1, "expected 1...4", "found 5")
        }
    }

    @Test func pathsThatAreNoModels() throws {
        for command in [
            ["generate", "a", "--model"], ["chat", "--model"], ["tokenize", "a", "--model"], ["inspect"],
        ] {
            expectFailure(try CommandRun(command + ["/no/such/file"]), code: 1, "/no/such/file", "No such file")
            expectFailure(
                try CommandRun(command + [files.path]), code: 1, files.path, "a folder with model.safetensors")
            expectFailure(try CommandRun(command + ["/dev/null"]), code: 1, "/dev/null")
        }
    }

    @Test func damagedModels() throws {
        let bytes = try TinyLlamaFile().bytes()
        func change(_ name: String, _ change: (inout [UInt8]) -> Void) throws -> CommandRun {
            var damaged = bytes
            change(&damaged)
            return try CommandRun(["generate", "a", "--model", files.write(damaged, as: name)])
        }
        expectFailure(try change("half") { $0.removeLast($0.count / 2) }, code: 1, "half", "expected", "found")
        expectFailure(try change("start") { $0 = Array($0[..<20]) }, code: 1, "start", "expected", "found")
        expectFailure(try change("magic") { $0[0] = 0x58 }, code: 1, "magic", "GGUF", "XGUF")
        expectFailure(
            try change("count") { $0.replaceSubrange(8..<16, with: [UInt8](repeating: 0xFF, count: 8)) }, code: 1,
            "count", "18446744073709551615")
        expectFailure(try change("keys") { $0[23] = 0x7F }, code: 1, "keys", "expected", "found")
    }

    @Test func modelsThatDoNotFit() throws {
        func generate(_ name: String, _ change: (inout GGUFWriter) -> Void) throws -> CommandRun {
            var writer = TinyLlamaFile().writer()
            change(&writer)
            let path = files.file(name)
            try writer.write(to: path)
            return try CommandRun(["generate", "a", "--model", path])
        }
        expectFailure(
            try generate("other") { $0.metadata["general.architecture"] = .string("mamba") }, code: 1, "mamba", "llama")
        expectFailure(
            try generate("deeper") { $0.metadata["llama.block_count"] = .uint32(3) }, code: 1, "blk.2.", "expected")
        expectFailure(
            try generate("wider") { $0.metadata["llama.feed_forward_length"] = .uint32(97) }, code: 1,
            "expected shape [97, 64], found [96, 64]")
        expectFailure(
            try generate("tokenizer") { $0.metadata["tokenizer.ggml.model"] = .string("wordpiece") }, code: 1,
            "wordpiece")
        let template = try generate("template") { $0.metadata["tokenizer.chat_template"] = .string("{% INST %}") }
        #expect(template.code == 0)
        for arguments in [["chat"], ["generate", "a", "--chat"]] {
            let run = try CommandRun(arguments + ["--model", files.file("template")], input: "Hello\n")
            expectFailure(run, code: 1, "chat template, line 1", "INST", files.file("template"))
        }
    }

    @Test func prompts() throws {
        expectFailure(try generate(""), code: 1, "prompt: expected at least 1 token, found none")
        expectFailure(try generate(input: "\n"), code: 1, "prompt: expected at least 1 token, found none")
        let long = String(repeating: "x", count: 512)
        expectFailure(try generate(long), code: 1, "the model's context of 512, found 512")
        #expect(try generate(String(long.dropLast())).code == 0)
        expectFailure(try generate("--prompt-file", files.path), code: 1, files.path, "directory")
        expectFailure(try generate("--prompt-file", "/no/such"), code: 1, "/no/such", "no such file")
        let bytes = files.write([0x61, 0xFF], as: "bytes")
        expectFailure(try generate("--prompt-file", bytes), code: 1, bytes, "expected text in UTF-8")
        let evaluate = try CommandRun(["evaluate", "--model", files.model, "--text", bytes])
        expectFailure(evaluate, code: 1, "expected text in UTF-8")
        let short = files.write("a", as: "short")
        expectFailure(try CommandRun(["evaluate", "--model", files.model, "--text", short]), code: 1, "found 1")
        let wide = ["evaluate", "--model", files.model, "--text", short, "--context", "513"]
        expectFailure(try CommandRun(wide), code: 1, "--context: expected 2...512, found 513")
    }

    @Test(arguments: [
        ("{\"prompt\": \"a\"}\n{\"prompt\": 5}\n", "line 2"), ("\n\nnonsense", "line 3"), ("[]\r\n", "line 1"),
        ("{\"prompt\": \"a\"}\r\n{\"text\": \"a\"}\r\n", "line 2"), ("", "at least one prompt"),
        ("\n \n", "found none"),
    ]) func malformedPromptFiles(text: String, part: String) throws {
        let path = files.write(text, as: "prompts.jsonl")
        let arguments = ["--model", files.model, "--prompts", path, "--exit-layers", "1", "--draft-lengths", "1"]
        expectFailure(try CommandRun(["verify"] + arguments), code: 1, path, part, "expected", "found")
    }

    @Test func kernelTables() throws {
        let run = try generate("a", environment: ["LAYERSKIP_KERNELS": "abacus"])
        expectFailure(run, code: 1, "expected one of scalar", "found \"abacus\"")
    }
}
