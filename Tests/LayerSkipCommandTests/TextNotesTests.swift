import CommandTesting
import CheckpointFiles
import TestSupport
import Testing

/// The notes that commands print about a model's text.
@Suite("Notes on a model's text")
struct TextNotesTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles() }

    private func model(_ name: String, _ change: (inout GGUFMetadata) -> Void) throws -> String {
        var writer = TinyLlamaFile().writer()
        change(&writer.metadata)
        try writer.write(to: files.file(name))
        return files.file(name)
    }

    @Test func aGuessedRuleIsSaidOnce() throws {
        let path = try model("no-pre.gguf") { $0["tokenizer.ggml.pre"] = nil }
        let note = "note: tokenizer.ggml.pre is missing"
        let text = files.write("the hare and the hatter", as: "text.txt")
        for command in [
            ["generate", "a", "--max-tokens", "1", "--model", path], ["tokenize", "a", "--model", path],
            ["prepare-data", text, "--tokenizer", path, "--output", files.file("a.tokens")],
            ["evaluate", "--text", text, "--model", path],
            ["export", path, "--to", "gguf", "--output", files.file("b.gguf")],
        ] {
            let run = try CommandRun(command)
            #expect(run.code == 0, "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count { $0.hasPrefix(note) } == 1, "\(command): \(run.errors)")
        }
        #expect(try CommandRun(["inspect", path]).output.contains("gpt2; tokenizer.ggml.pre is missing"))
        #expect(try CommandRun(["tokenize", "a", "--model", files.model]).errors == "")
    }

    @Test func inspectShowsTemplates() throws {
        let path = try model("template.gguf") {
            $0["tokenizer.chat_template"] = .string("{{ messages }}")
            $0["tokenizer.chat_template.tool_use"] = .string("{{ tools }}{{ messages }}")
            $0["tokenizer.chat_template.\u{1B}[31m"] = .string("{% nonsense %}")
            $0["tokenizer.ggml.model"] = .string("\u{1B}[31m\u{9B}")
        }
        let output = try CommandRun(["inspect", path]).output
        let line = output.split(separator: "\n").first { $0.hasPrefix("chat template  ") } ?? ""
        for part in [
            "default (14 bytes)", "tool_use (25 bytes, with tools)", "not usable: chat template, line 1: expected",
        ] { #expect(line.contains(part), "\(line)") }
        #expect(!output.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x9B })
    }

    @Test func promptsMayNameSpecialTokens() throws {
        func tokens(_ arguments: String...) throws -> [Int] {
            let command = [
                "generate", "<|im_start|>a", "--max-tokens", "1", "--format", "json", "--model", files.model,
            ]
            return try #require(try CommandRun(command + arguments).json["prompt_tokens"] as? [Int])
        }
        #expect(try tokens("--parse-special") == [1, TinyTokenizer.token(byte: 0x61)])
        #expect(try !tokens().contains(1))
        #expect(try CommandRun(["generate", "a", "--chat", "--parse-special", "--model", files.model]).code == 2)
    }

    private func modelWithoutQ() throws -> String {
        try model("no-q.gguf") { metadata in
            guard case .array(.strings(var tokens)) = metadata["tokenizer.ggml.tokens"] else { return }
            tokens[TinyTokenizer.token(byte: 0x71)] = "<no q>"
            metadata["tokenizer.ggml.tokens"] = .array(.strings(tokens))
        }
    }

    /// A tokenizer.json drops bytes before it merges the others, a GGUF file's keys after that.
    @Test func anExportSaysWhichBytesOtherProgramsEncodeOtherwise() throws {
        let folder = files.file("folder")
        let toFolder = try CommandRun(["export", modelWithoutQ(), "--to", "safetensors", "--output", folder])
        #expect(toFolder.code == 0, "\(toFolder.errors)")
        let toFile = try CommandRun(["export", folder, "--to", "gguf", "--output", files.file("again.gguf")])
        #expect(
            toFile.errors.hasPrefix(
                "note: the vocabulary has no token for byte 0x71 \"q\": such bytes are dropped from texts; programs that "
                    + "do not read tokenizer.huggingface.json in the file, such as llama.cpp, may encode the characters "
                    + "next to them otherwise\n"), "\(toFile.errors)")
        #expect(!toFile.errors.contains("has a tokenizer.json too"))
    }

    @Test func lostBytesAreSaidWhereATextHasThem() throws {
        let path = try modelWithoutQ()
        let note = "note: the vocabulary has no token for byte 0x71 \"q\""
        let texts = [files.write("quick", as: "q.txt"), files.write("{\"prompt\": \"q\"}", as: "q.jsonl")]
        for command in [
            ["generate", "aq", "--max-tokens", "1", "--model", path], ["tokenize", "aq", "--model", path],
            ["evaluate", "--text", texts[0], "--model", path],
            ["generate", "aq", "--chat", "--max-tokens", "1", "--model", path],
            ["prepare-data", texts[0], "--tokenizer", path, "--output", files.file("q.tokens")],
        ] {
            let run = try CommandRun(command)
            #expect(run.code == 0, "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count { $0.hasPrefix(note) } == 1, "\(command): \(run.errors)")
        }
        #expect(try CommandRun(["tokenize", "abc", "--model", path]).errors == "")
        let plain = files.write("abc", as: "abc.txt")
        let data = ["prepare-data", "--tokenizer", path, "--output", files.file("abc.tokens"), plain]
        #expect(try CommandRun(data).errors == "")
        let twice = try CommandRun(data + texts[..<1] + [files.write("qq", as: "qq.txt")])
        #expect(twice.errors.contains("dropped from the text of \(texts[0]), and so in 2 documents"), "\(twice.errors)")
        #expect(try CommandRun(["inspect", path]).output.contains("no token for byte 0x71"))
    }
}
