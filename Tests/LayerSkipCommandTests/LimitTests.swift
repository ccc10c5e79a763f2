import CommandTesting
import CheckpointFiles
import TestSupport
import Testing

@Suite("Input without end, and memory with one")
struct LimitTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles() }

    private func expectFailure(
        _ run: CommandRun, _ parts: String..., location: SourceLocation = #_sourceLocation
    ) {
        #expect(run.code == 1, "\(run.errors)", sourceLocation: location)
        #expect(run.errors.hasPrefix("error: ") && run.errors.count { $0 == "\n" } == 1, sourceLocation: location)
        for part in parts {
            #expect(run.errors.contains(part), "\(part) in \(run.errors)", sourceLocation: location)
        }
    }

    /// Runs the program with a limit on its address space.
    private func run(limit: Int, _ arguments: [String]) throws -> CommandRun {
        try CommandRun(script: "ulimit -v \(limit >> 10); exec \"$LAYERSKIP\" \"$@\"", arguments)
    }

    @Test func devicesWithoutEnd() throws {
        let model = ["--model", files.model]
        let zeros = "/dev/zero"
        // A limit, so that a failure cannot exhaust the machine's memory.
        expectFailure(
            try run(limit: 1 << 30, ["generate", "--prompt-file", zeros] + model),
            "prompt: expected fewer tokens than the model's context of 512, found at least 51")
        let lengths = ["--exit-layers", "1", "--draft-lengths", "1"]
        expectFailure(
            try run(limit: 1 << 30, ["verify", "--prompts", zeros] + lengths + model), "/dev/zero, line 1",
            "a prompt for the model's context, found a longer line")
        expectFailure(try run(limit: 1 << 30, ["train", zeros]), "/dev/zero: expected at most 1048576 bytes")
        expectFailure(try run(limit: 1 << 30, ["prepare-data", "--files", zeros, "--output", files.file("x")]), zeros)
        expectFailure(try run(limit: 2 << 30, ["evaluate", "--text", zeros] + model), zeros, "expected")
    }

    /// Such prompts are rejected by their length, before they are tokenized.
    @Test func promptsFarAboveTheContext() throws {
        let text = String(repeating: "a b ", count: 1 << 20)
        let path = files.write(text, as: "long.txt")
        expectFailure(
            try CommandRun(["generate", "--model", files.model, "--prompt-file", path]),
            "prompt: expected fewer tokens than the model's context of 512, found at least")
        let prompts = files.write("{\"prompt\": \"a\"}\n{\"prompt\": \"\(text)\"}\n", as: "long.jsonl")
        let arguments = ["--model", files.model, "--prompts", prompts, "--exit-layers", "1", "--draft-lengths", "1"]
        expectFailure(try CommandRun(["verify"] + arguments), "long.jsonl, line 2", "longer")
    }

    /// In a debug build the code alone takes 110 MB.
    @Test(arguments: [60, 80, 100, 120, 140, 160, 180, 200, 220]) func littleMemory(megabytes: Int) throws {
        for command in [
            ["generate", "func", "--max-tokens", "2"], ["tokenize", "a"], ["inspect"],
            ["export", "--to", "gguf", "--quantize", "q8_0", "--output", files.file("small.gguf")],
        ] {
            let run = try run(limit: megabytes << 20, command)
            // Below some limit the dynamic linker cannot even load the program.
            #expect(
                [0, 1, 127].contains(run.code), "\(megabytes) MB, \(command): \(run.code) \(run.errors.prefix(300))")
            if run.code == 1 { #expect(run.errors.contains("bytes of free memory"), "\(run.errors.prefix(300))") }
        }
    }

    /// The text has many words that occur once, so the tables of words grow with it.
    @Test(arguments: [130, 140, 150, 160, 170, 180]) func littleMemoryForWords(megabytes: Int) throws {
        let words = (0..<200_000).map { number in
            var letters = ""
            var rest = number * 2_654_435_761 % 8_031_810_176
            while rest > 0 {
                letters.unicodeScalars.append(Unicode.Scalar(UInt8(97 + rest % 26)))
                rest /= 26
            }
            return letters
        }
        let text = files.write(words.joined(separator: " "), as: "words.txt")
        for command in [["train-tokenizer", text, "--vocabulary-size", "258"], ["prepare-data", text]] {
            let run = try run(limit: megabytes << 20, command + ["--output", files.file("out"), "--threads", "1"])
            #expect(
                [0, 1, 127].contains(run.code), "\(megabytes) MB, \(command): \(run.code) \(run.errors.prefix(300))")
            if run.code == 1 { #expect(run.errors.contains("bytes of free memory"), "\(run.errors.prefix(300))") }
        }
    }

    @Test func absurdVocabularies() throws {
        var writer = TinyLlamaFile().writer()
        writer.metadata["llama.vocab_size"] = .uint32(1 << 26)
        let path = files.file("rows.gguf")
        try writer.write(to: path)
        expectFailure(
            try CommandRun(["generate", "a", "--model", path]), "llama.vocab_size", "1...16777216", "67108864")
    }

    @Test func argumentsThatAreNoText() throws {
        for arguments in [#"generate "$(printf 'a\377b')""#, #"inspect "$(printf '/tmp/\377')""#] {
            let run = try CommandRun(script: "exec \"$LAYERSKIP\" \(arguments)")
            expectFailure(run, "argument 2: expected text in UTF-8, found \"", "\u{FFFD}")
        }
        let run = try CommandRun(["inspect", "/no/\u{1B}[31m\u{202E}"])
        expectFailure(run, "/no/\u{FFFD}[31m\u{FFFD}: expected a readable file")
    }

    @Test(arguments: [
        ("", ""), ("\n", ""), ("\r\n", ""), ("\n\n", "\n"), ("\r", "\r"), ("\u{C}", "\u{C}"), ("\u{B}", "\u{B}"),
        ("\u{85}", "\u{85}"), ("\u{2028}", "\u{2028}"), ("\u{2029}\n", "\u{2029}"), (" \n", " "),
    ]) func oneLineEndIsNoPartOfAPrompt(end: String, kept: String) throws {
        func tokens(_ arguments: [String], _ input: String) throws -> [Int]? {
            let arguments = ["generate", "--model", files.model, "--max-tokens", "1", "--format", "json"] + arguments
            return try CommandRun(arguments, input: input).json["prompt_tokens"] as? [Int]
        }
        let expected = try #require(try tokens(["--", "hello" + kept], ""))
        #expect(try tokens([], "hello" + end) == expected)
        #expect(try tokens(["--prompt-file", files.write("hello" + end, as: "p.txt")], "") == expected)
        // A byte order mark is not part of the prompt either.
        #expect(try tokens([], "\u{FEFF}hello" + end) == expected)
    }

    @Test func listsOfFiles() throws {
        let odd = files.write("some text to read", as: "a\u{2028}b\u{C}.txt")
        let plain = files.write("more of it", as: "plain.txt")
        let list = files.write("\(odd)\r\n\n\(plain)\n", as: "list")
        let run = try CommandRun(["prepare-data", "--files", list, "--output", files.file("x.tokens")])
        #expect(run.code == 0 && (run.output + run.errors).contains("2 documents"), "\(run.errors)\(run.output)")
    }
}
