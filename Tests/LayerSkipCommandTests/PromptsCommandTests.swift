import ArgumentParser
import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

@testable import LayerSkipCommand

@Suite("generate --prompts")
struct PromptsCommandTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles() }

    private func generate(_ arguments: [String], input: String = "") throws -> CommandRun {
        try CommandRun(["generate", "--model", files.model, "--max-tokens", "12"] + arguments, input: input)
    }

    private func lines(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private func text(_ path: String) throws -> String { String(decoding: try TextFile.bytes(path), as: UTF8.self) }

    /// Lines of text, with CR LF, blank lines and a byte order mark, and the strategies of `generate`.
    @Test(arguments: [
        [], ["--temperature", "1.2", "--seed", "7"], ["--strategy", "plain"],
        ["--exit-layer", "2", "--draft-length", "3", "--temperature", "1", "--acceptance", "rejection"],
        ["--strategy", "early-exit", "--exit-layer", "2"],
        ["--strategy", "early-exit", "--exit-layer", "1,3", "--confidence", "0.2"],
        ["--cache-format", "f32", "--repetition-penalty", "1.3", "--stop", "e", "--context", "40"],
    ]) func answersAreThoseOfSingleRuns(options: [String]) throws {
        let prompts = ["Once upon", "def main():", "héllo", "Once upon a"]
        let path = files.write("\u{FEFF}" + prompts[0] + "\r\n\n" + prompts[1...].joined(separator: "\n"), as: "p.txt")
        let run = try generate(["--prompts", path, "--texts", "3"] + options)
        #expect(run.code == 0, "\(run.errors)")
        let answers = try lines(run.output)
        #expect(answers.compactMap { $0["prompt"] as? String } == prompts)
        for (index, (prompt, answer)) in zip(prompts, answers).enumerated() {
            let details = try #require(answer["generation"] as? [String: Any])
            // Each answer has its own seed, which comes last on the command line and wins.
            let isSampled = options.contains("--temperature")
            let seed = (options.contains("--seed") ? 7 : 0) + index
            #expect(details["seed"] as? Int == (isSampled ? seed : nil))
            let others = options.contains("--seed") ? Array(options.dropLast(2)) : options
            let single = try generate([prompt, "--format", "json", "--seed", "\(seed)"] + others).json
            #expect(answer["completion"] as? String == single["text"] as? String)
            #expect(details["tokens"] as? Int == (single["tokens"] as? [Int])?.count)
            #expect(details["prompt_tokens"] as? Int == (single["prompt_tokens"] as? [Int])?.count)
        }
    }

    @Test func objectsKeepTheirKeys() throws {
        let path = files.write(
            """
            {"task_id": "T/1", "prompt": "Once", "n": 1e3, "x": {"b": [1, null]}}
             {"question": "Why?",  "answer":"\\u00e9" }
            {"messages": [{"role": "user", "content": "Hello"}], "id": 7}
            """, as: "prompts.jsonl")
        let run = try generate(["--prompts", path])
        #expect(run.code == 0, "\(run.errors)")
        let output = run.output.split(separator: "\n")
        #expect(
            output[0].hasPrefix(
                #"{"task_id": "T/1", "prompt": "Once", "n": 1e3, "x": {"b": [1, null]}, "completion": ""#))
        #expect(output[1].hasPrefix(#" {"question": "Why?",  "answer":"\u00e9", "completion": ""#))
        let chat = try lines(run.output)[2]
        #expect(chat["id"] as? Int == 7)
        let single = try CommandRun(
            ["generate", "Hello", "--chat", "--model", files.model, "--max-tokens", "12", "--format", "json"]
        ).json
        #expect(chat["completion"] as? String == single["text"] as? String)
        // Texts become messages with --chat.
        let chats = try generate(["--prompts", "-", "--chat", "--system", "S"], input: "Hello\n")
        let system = try generate(["Hello", "--chat", "--system", "S", "--format", "json"]).json
        #expect(try lines(chats.output)[0]["completion"] as? String == system["text"] as? String)
    }

    /// The lines of a list of records are not prompts.
    /// Memory is checked before an output is replaced or begun.
    @Test func anOutputIsKeptIfTheCachesDoNotFit() throws {
        var writer = TinyLlamaFile().writer()
        writer.metadata["llama.context_length"] = .uint32(100_000_000)
        let model = files.file("long.gguf")
        try writer.write(to: model)
        let prompts = files.write(String(repeating: "Once\n", count: 1024), as: "prompts.txt")
        let output = files.write("{}\n", as: "answers.jsonl")
        for (path, more) in [(output, ["--overwrite"]), (files.file("new.jsonl"), [])] {
            let run = try CommandRun(
                [
                    "generate", "--model", model, "--prompts", prompts, "--texts", "1024", "--max-tokens", "90000000",
                    "--output", path,
                ] + more)
            #expect(run.code == 1 && run.errors.contains("caches: expected"), "\(run.errors)")
        }
        #expect(try text(output) == "{}\n")
        #expect(!FileManager.default.fileExists(atPath: files.file("new.jsonl")))
    }

    /// Someone who forgets --chat would believe that a system message was used.
    @Test func optionsOfConversationsNeedOne() throws {
        let path = files.write("Once\n", as: "prompts.txt")
        let task = files.write(#"{"question": "a", "answer": "b"}"#, as: "task.jsonl")
        for arguments in [
            ["generate", "--prompts", path], ["benchmark", "--prompts", path], ["evaluate", "--task", task],
            ["verify", "--prompts", path, "--exit-layers", "1", "--draft-lengths", "1"],
        ] {
            let run = try CommandRun(arguments + ["--model", files.model, "--max-tokens", "2", "--system", "Be brief"])
            #expect(run.code == 1 && run.errors.contains("--system: expected a conversation"), "\(run.errors)")
        }
    }

    /// Tools are read under whichever key the messages are.
    @Test func toolsBelongToMessagesOfAnyKey() throws {
        let rest = #"[{"role": "user", "content": "Hello"}], "tools": [{"name": "f"}]}"#
        let path = files.write(#"{"messages": \#(rest)"# + "\n" + #"{"prompt": \#(rest)"#, as: "prompts.jsonl")
        let template = files.write("{{ messages[0].content }}{{ tools | tojson }}", as: "template.jinja")
        let run = try generate(["--prompts", path, "--chat-template", template])
        #expect(run.code == 0, "\(run.errors)")
        let counts = try lines(run.output).map { ($0["generation"] as? [String: Any])?["prompt_tokens"] as? Int }
        #expect(counts.count == 2 && counts[0] == counts[1] && counts[0] ?? 0 > 6, "\(counts)")
    }

    @Test func filesOfJSONAreNoLinesOfText() throws {
        let list = try generate(["--prompts", files.write("[\n{\"prompt\": \"a\"}\n]\n", as: "p.json")])
        #expect(list.code == 1 && list.errors.contains("expected an object per line, found a list"), "\(list.errors)")
        let object = try generate(["--prompts", files.write("{\n\"prompt\": \"a\"}\n", as: "q.json")])
        #expect(object.code == 1, "\(object.errors)")
        #expect(try generate(["--prompts", files.write("{\"prompt\": \"a\"}\n", as: "r.json")]).code == 0)
    }

    @Test func samplesHaveSeedsInOrder() throws {
        let run = try generate(
            ["--prompts", "-", "--samples", "3", "--temperature", "2", "--seed", "5", "--output-key", "out"],
            input: "Once\nTwice\n")
        let answers = try lines(run.output)
        let details = answers.compactMap { $0["generation"] as? [String: Any] }
        #expect(details.compactMap { $0["seed"] as? Int } == [5, 6, 7, 8, 9, 10])
        #expect(details.compactMap { $0["sample"] as? Int } == [0, 1, 2, 0, 1, 2])
        #expect(Set(answers.compactMap { $0["out"] as? String }).count == 6)
    }

    /// Whatever a killed run left, the same command ends with the bytes of the run made at once.
    @Test func aRunContinues() throws {
        let prompts = files.write((0..<9).map { "Prompt \($0)\n" }.joined(), as: "p.txt")
        let whole = files.file("whole.jsonl")
        let options = ["--prompts", prompts, "--temperature", "1", "--texts", "3"]
        #expect(try generate(options + ["--output", whole]).code == 0)
        let bytes = try TextFile.bytes(whole)
        let firstLine = try #require(bytes.firstIndex(of: UInt8(ascii: "\n")))
        for length in [0, 1, 12, 30, firstLine, firstLine + 1, bytes.count / 2, bytes.count - 1, bytes.count] {
            let part = files.write(Array(bytes.prefix(length)), as: "part.jsonl")
            let run = try generate(options + ["--output", part])
            #expect(run.code == 0, "\(run.errors)")
            #expect(try TextFile.bytes(part) == bytes, "\(length) bytes")
            let kept = bytes.prefix(length).count { $0 == UInt8(ascii: "\n") }
            #expect(run.errors.contains("(\(kept) of an earlier run)") == (kept > 0))
        }
    }

    /// A random seed is chosen once: the output has it.
    @Test func aRunWithARandomSeedContinues() throws {
        let prompts = files.write((0..<5).map { "Prompt \($0)\n" }.joined(), as: "p.txt")
        let whole = files.file("random.jsonl")
        let options = ["--prompts", prompts, "--temperature", "1", "--seed", "-1"]
        #expect(try generate(options + ["--output", whole]).code == 0)
        let bytes = try TextFile.bytes(whole)
        let details = try #require(try lines(text(whole))[0]["generation"] as? [String: Any])
        let seed = try #require(details["seed"] as? Int)
        for length in [bytes.count / 2, bytes.count - 1] {
            let part = files.write(Array(bytes.prefix(length)), as: "part.jsonl")
            let run = try generate(options + ["--output", part])
            #expect(run.code == 0, "\(run.errors)")
            #expect(run.errors.contains("seed: \(seed), as in the output that is continued"), "\(run.errors)")
            #expect(try TextFile.bytes(part) == bytes)
        }
        // Without a complete line, or with --overwrite, there is another one.
        for arguments in [["--output", files.write(Array(bytes.prefix(9)), as: "cut.jsonl")], ["--output", whole]] {
            let run = try generate(options + arguments + (arguments[1] == whole ? ["--overwrite"] : []))
            #expect(run.code == 0 && run.errors.contains("repeats the text)"), "\(run.errors)")
            #expect(try TextFile.bytes(arguments[1]) != bytes)
        }
    }

    /// `verify`, `tune` and `benchmark` read the prompts that `generate` answers.
    @Test func otherCommandsReadTheSamePrompts() async throws {
        let records = """
            {"prompt": "Once"}
            {"question": "Why?", "tools": 1}
            {"messages": [{"role": "user", "content": "Hello"}], "completion": "taken"}
            """
        let model = try await TextModel.load(path: files.model)
        func tokens(_ path: String, _ arguments: String...) throws -> [[Token]] {
            try PromptFile(path: path, try PromptFileArguments.parse(arguments)).tokens(for: model)
        }
        func chat(_ text: String, system: String? = nil) throws -> [Token] {
            let messages = (system.map { [ChatMessage(role: .system, content: $0)] } ?? [])
            return try model.encode(messages + [ChatMessage(role: .user, content: text)])
        }
        let path = files.write(records, as: "records.jsonl")
        #expect(
            try tokens(path) == [try model.encode(prompt: "Once"), try model.encode(prompt: "Why?"), try chat("Hello")])
        #expect(
            try tokens(path, "--chat", "--system", "S")
                == [chat("Once", system: "S"), chat("Why?", system: "S"), chat("Hello", system: "S")])
        let lines = files.write("Once\r\n\nWhy?", as: "lines.txt")
        #expect(try tokens(lines) == [try model.encode(prompt: "Once"), try model.encode(prompt: "Why?")])
        let other = files.write(#"{"x": "Once", "prompt": 7}"#, as: "other.jsonl")
        #expect(try tokens(other, "--prompt-key", "x") == [try model.encode(prompt: "Once")])

        let common = ["--model", files.model, "--prompts", path, "--chat", "--max-tokens", "4", "--format", "json"]
        let verify = try CommandRun(["verify", "--exit-layers", "2", "--draft-lengths", "2"] + common)
        #expect(try verify.json["cases"] as? Int == 3, "\(verify.errors)")
        for command in [
            ["tune", "--rounds", "1", "--cost-rounds", "1", "--exit-layers", "2", "--draft-lengths", "1"],
            ["benchmark", "--rounds", "1", "--strategy", "plain"],
            ["benchmark", "--rounds", "1", "--strategy", "plain", "--texts", "2"],
        ] {
            let run = try CommandRun(command + common)
            #expect(run.code == 0, "\(command): \(run.errors)")
        }
        let unused = try CommandRun(["tune", "--model", files.model, "--system", "S"])
        #expect(unused.code == 2 && unused.errors.contains("--system: expected --prompts with it"), "\(unused.errors)")
        let input = try CommandRun(["verify", "--model", files.model, "--prompts", "-", "--tools", "-"])
        #expect(input.code == 2 && input.errors.contains("--prompts and --tools"), "\(input.errors)")
    }

    @Test func otherOutputsAreRefusedAndUnchanged() throws {
        let prompts = files.write("One\nTwo\n", as: "p.txt")
        let output = files.file("out.jsonl")
        let options = ["--prompts", prompts, "--output", output]
        #expect(try generate(options).code == 0)
        let text = try text(output)
        let other = files.write("One\nThree\n", as: "other.txt")
        let short = files.write("One\n", as: "short.txt")
        for (arguments, message) in [
            (["--prompts", other, "--output", output], "line 2: expected the answer to \(other), line 2"),
            (["--prompts", short, "--output", output], "line 2: expected at most 1 answers"),
            (options + ["--temperature", "1"], "one with another model, template, sampling, strategy or limit"),
            (options + ["--max-tokens", "13"], "line 1: expected the answer to \(prompts), line 1"),
            (options + ["--strategy", "early-exit", "--exit-layer", "2"], "--overwrite"),
            (options + ["--output-key", "out"], "found another line"),
        ] {
            let run = try generate(arguments)
            #expect(run.code == 1 && run.errors.contains(message), "\(run.errors)")
            #expect(try self.text(output) == text)
        }
        // Neither a text without a line end nor another file is taken for a line that was cut off.
        let letter = files.write("Dear reader", as: "letter.txt")
        #expect(try generate(["--prompts", prompts, "--output", letter]).code == 1)
        #expect(try self.text(letter) == "Dear reader")
        let run = try generate(["--prompts", other, "--output", output, "--overwrite"])
        #expect(run.code == 0, "\(run.errors)")
        #expect(try self.text(output).contains("Three"))
        // Threads, texts at once and strategies that write the same text do not matter.
        #expect(
            try generate(["--prompts", other, "--output", output, "--strategy", "plain", "--threads", "1"]).code == 0)
    }

    @Test func outputsThatCannotBeWrittenAreErrors() throws {
        let prompts = files.write("One\nTwo\n", as: "p.txt")
        let link = files.file("link")
        try FileManager.default.linkItem(atPath: prompts, toPath: link)
        for (output, code, message) in [
            (prompts, 2, "--output: expected another file than that of --prompts"),
            (link, 1, "expected an output that is not also an input, found the prompts"),
            (files.model, 1, "found the model that is read"), (files.path, 1, "found a folder"),
            (files.file("none/out"), 1, "No such file"),
        ] as [(String, Int32, String)] {
            let run = try generate(["--prompts", prompts, "--output", output])
            #expect(run.code == code && run.errors.contains(message), "\(run.errors)")
        }
        #expect(try text(prompts) == "One\nTwo\n")
        if FileManager.default.fileExists(atPath: "/dev/full") {
            let run = try generate(["--prompts", prompts, "--output", "/dev/full"])
            #expect(run.code == 1 && run.errors.contains("No space left"))
        }
    }

    /// A disk that is full in the middle of a line leaves whole lines, after which the run continues.
    @Test func aFullDiskLeavesWholeLines() throws {
        let prompts = files.write((0..<40).map { "Prompt \($0)\n" }.joined(), as: "p.txt")
        let whole = files.file("whole.jsonl")
        #expect(try generate(["--prompts", prompts, "--output", whole]).code == 0)
        let script = """
            ulimit -f 1
            "$LAYERSKIP" generate --model "$1" --max-tokens 12 --prompts "$2" --output "$3"
            """
        let output = files.file("out.jsonl")
        let run = try CommandRun(script: script, [files.model, prompts, output])
        #expect(run.code == 1 && run.errors.contains("the same command continues"), "\(run.errors)")
        let (part, all) = try (text(output), text(whole))
        #expect(part.hasSuffix("\n") && all.hasPrefix(part) && part.utf8.count < all.utf8.count)
        #expect(try generate(["--prompts", prompts, "--output", output]).code == 0)
        #expect(try text(output) == all)
    }

    @Test func anInterruptionLeavesWholeLines() throws {
        let files = try CommandFiles { $0.contextLength = 4096 }
        let prompts = files.write((0..<60).map { "Prompt \($0)\n" }.joined(), as: "p.txt")
        let options = "--model \"$1\" --prompts \"$2\" --ignore-eos --max-tokens 300 --texts 2"
        let script = """
            "$LAYERSKIP" generate \(options) --output "$3" &
            pid=$!
            until [ -s "$3" ]; do sleep 0.01; done
            kill -INT $pid
            wait $pid
            """
        let output = files.file("out.jsonl")
        let run = try CommandRun(script: script, [files.model, prompts, output])
        #expect(run.code == 1 && run.errors.contains("the same command continues"), "\(run.errors)")
        let part = try TextFile.bytes(output)
        #expect(part.last == UInt8(ascii: "\n"))
        let rest = try CommandRun(
            script: "exec \"$LAYERSKIP\" generate \(options) --output \"$3\"", [files.model, prompts, output])
        #expect(rest.code == 0, "\(rest.errors)")
        let all = try TextFile.bytes(output)
        #expect(all.starts(with: part) && all.count { $0 == UInt8(ascii: "\n") } == 60)
    }

    @Test(arguments: [
        ("", "expected at least one prompt, found none"), ("\n\r\n \n", "expected at least one prompt, found none"),
        (
            "{\"a\": 1}\n",
            "line 1: expected the key \"messages\" or \"prompt\" or \"question\", found only the key \"a\""
        ),
        ("{\"prompt\": \"a\"}\n{\"prompt\": \"b\"\n", "line 2"), ("{\"prompt\": \"a\"}\nb\n", "line 2"),
        ("{\"prompt\": 1}", "line 1: key \"prompt\": expected a string, found a number"),
        ("{\"prompt\": \"\", \"x\": 1}", "line 1: prompt: expected at least 1 token"),
        (
            "{\"prompt\": \"a\", \"completion\": \"b\"}",
            "no key \"completion\", which the answer adds, found one; --output-key"
        ),
        (
            "{\"prompt\": \"a\", \"generation\": 1}",
            "no key \"generation\", which the answer adds, found one; rename it"
        ),
        ("{\"messages\": []}", "line 1: messages: expected a message, found none"),
        ("{\"messages\": [{\"role\": \"assistant\", \"content\": \"x\"}]}", "line 1: expected a last message"),
    ]) func wrongLinesAreErrors(text: String, message: String) throws {
        let path = files.write(text, as: "prompts")
        let run = try generate(["--prompts", path])
        #expect(run.code == 1 && run.output == "" && run.errors.contains(message), "\(run.errors)")
        #expect(run.errors.contains(path) || run.errors.contains("prompts"))
    }

    @Test func otherBytesAreErrors() throws {
        for (bytes, message) in [
            ([0x61, 0x0A, 0xFF, 0x0A], "line 2: expected text in UTF-8"),
            ([0xFF, 0xFE, 0x61, 0x00, 0x0A, 0x00], "found text in UTF-16"), ([0x1F, 0x8B, 8, 0], "found a gzip file"),
        ] as [([UInt8], String)] {
            let run = try generate(["--prompts", files.write(bytes, as: "prompts")])
            #expect(run.code == 1 && run.errors.contains(message), "\(run.errors)")
        }
        let long = files.write(String(repeating: "x", count: 3 << 20), as: "long.txt")
        #expect(try generate(["--prompts", long]).errors.contains("line 1: expected a prompt for the model's context"))
        let fitting = files.write("a\n" + String(repeating: "x ", count: 600), as: "fitting.txt")
        #expect(try generate(["--prompts", fitting]).errors.contains("line 2: prompt: expected fewer tokens"))
        let list = files.write("[{\"prompt\": \"a\"}]", as: "list.jsonl")
        #expect(try generate(["--prompts", list]).errors.contains("jq -c"))
        let twice = files.write("{\"id\": 1, \"prompt\": \"a\"}\n{\"id\": 1, \"prompt\": \"b\"}\n", as: "twice.jsonl")
        let run = try generate(["--prompts", twice])
        #expect(run.code == 0 && run.errors.contains("line 2: the id 1 is that of \(twice), line 1, too"))
    }

    @Test(arguments: [
        (["--output", "x"], "--output: expected --prompts with it"), (["--samples", "2"], "--samples"),
        (["--prompts", "p", "Once"], "expected --prompts or PROMPT, found both"),
        (["--prompts", "p", "--format", "json"], "--format"),
        (["--prompts", "p", "--texts", "0"], "1...1024, found 0"),
        (["--prompts", "p", "--samples", "0"], "--samples: expected 1...1000000, found 0"),
        (["--prompts", "p", "--samples", "2"], "--samples: expected a --temperature above 0"),
        (["--prompts", "p", "--context", "1"], "--context: expected 2 or more, found 1"),
        (["--prompts", "p", "--output-key", ""], "--output-key"), (["--prompts", "p", "--overwrite"], "--overwrite"),
        (["--prompts", "p", "--output-key", "generation"], "--output-key: expected another key"),
        (["--prompts", "-", "--chat-template", "-"], "expected one thing from standard input"),
    ]) func otherOptionsAreUsageErrors(arguments: [String], message: String) throws {
        let run = try generate(arguments)
        #expect(run.code == 2 && run.errors.contains(message), "\(run.errors)")
    }

    @Test func samplesOfAGreedyTextAreAnError() throws {
        let run = try generate(["--prompts", "-", "--samples", "2", "--sampling", "model"], input: "Once\n")
        #expect(run.code == 1 && run.errors.contains("--samples: expected a --temperature above 0"))
    }
}
