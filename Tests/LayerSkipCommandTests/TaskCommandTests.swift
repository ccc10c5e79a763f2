import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

@Suite("evaluate --task")
struct TaskCommandTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles() }

    private func evaluate(_ task: String, _ arguments: [String] = []) throws -> CommandRun {
        try CommandRun(["evaluate", "--model", files.model, "--task", task] + arguments)
    }

    private func details(_ path: String) throws -> [[String: Any]] {
        try String(decoding: TextFile.bytes(path), as: UTF8.self).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private var choices: String {
        files.write(
            """
            {"question": "Once upon", "choices": ["a time", "the hill of an old house", "x"], "answer": 0}
            {"question": "def main", "choices": ["()", ": return"], "answer": "B"}
            {"question": "The cat", "choices": ["sat", "was very long and green", "the"], "answer": 2}
            """, as: "choices.jsonl")
    }

    @Test func accuraciesFollowFromTheLossesOfEachExit() throws {
        let path = files.file("details.jsonl")
        let run = try evaluate(choices, ["--format", "json", "--details", path])
        #expect(run.code == 0, "\(run.errors)")
        let report = try run.json
        #expect(report["task"] as? String == "multiple_choice" && report["items"] as? Int == 3)
        #expect(abs((report["chance"] as? Double ?? 0) - (1 / 3.0 + 1 / 2.0 + 1 / 3.0) / 3) < 1e-12)
        let exits = try #require(report["exits"] as? [[String: Any]])
        #expect(exits.compactMap { $0["exit"] as? Int } == [1, 2, 3, 4])
        let items = try details(path)
        #expect(items.compactMap { $0["answer"] as? Int } == [0, 1, 2])
        for exit in exits {
            let name = "\(exit["exit"] as? Int ?? 0)"
            var hits = (0.0, 0.0)
            for item in items {
                let losses = try #require((item["losses"] as? [String: [Double]])?[name])
                let bytes = try #require(item["bytes"] as? [Int])
                let answer = try #require(item["answer"] as? Int)
                if losses.firstIndex(of: losses.min() ?? 0) == answer { hits.0 += 1 }
                let perByte = zip(losses, bytes).map { $0 / Double($1) }
                if perByte.firstIndex(of: perByte.min() ?? 0) == answer { hits.1 += 1 }
            }
            for (key, hits) in [("accuracy", hits.0), ("accuracy_per_byte", hits.1)] {
                let mean = hits / 3
                #expect(exit[key] as? Double == mean)
                let error = (mean * (1 - mean) / 2).squareRoot()
                #expect(abs((exit["\(key)_error"] as? Double ?? -1) - error) < 1e-12)
            }
        }
        let text = try evaluate(choices, ["--exit-layers", "4,2"]).output
        #expect(text.hasPrefix("3 items, multiple choice; guessing is right 38.9 % of the time\n exit"))
        #expect(text.split(separator: "\n").count == 4)
    }

    @Test func lettersAndFormatsChangeWhatIsScored() throws {
        var losses: [[Double]] = []
        for options in [
            [], ["--letters"], ["--choice-prefix", ""], ["--prompt-format", "Q: {question}\\n{choices}\\nA:"],
            ["--chat"],
        ] {
            let path = files.file("details.jsonl")
            let run = try evaluate(choices, options + ["--details", path, "--exit-layers", "4"])
            #expect(run.code == 0, "\(run.errors)")
            losses.append(try #require((try details(path)[0]["losses"] as? [String: [Double]])?["4"]))
            let bytes = try #require(try details(path)[0]["bytes"] as? [Int])
            #expect(bytes == (options == ["--letters"] ? [1, 1, 1] : [6, 24, 1]))
        }
        #expect(Set(losses).count == 5)
    }

    /// Each exit's answer is the one of `generate` with the first layers alone.
    @Test func generatedAnswersAreThoseOfEachExit() throws {
        let questions = ["Once upon", "def main():", "The cat sat"]
        let texts = try questions.map { question in
            try (1...4).map { exit in
                let strategy = exit == 4 ? [] : ["--strategy", "early-exit", "--exit-layer", "\(exit)"]
                let run = try CommandRun(
                    ["generate", question, "--model", files.model, "--max-tokens", "9", "--format", "json"] + strategy)
                return try #require(try run.json["text"] as? String)
            }
        }
        // The second question's answer is right at exit 2, and the others' at the last one.
        let right = [texts[0][3], texts[1][1], texts[2][3]]
        let lines = try zip(questions, right).map { question, answer in
            let object = ["question": question, "answer": answer]
            return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
        }
        let task = files.write(lines.joined(separator: "\n"), as: "task.jsonl")
        let path = files.file("details.jsonl")
        let run = try evaluate(
            task,
            ["--max-tokens", "9", "--exit-layers", "1,2,3,4", "--format", "json", "--details", path, "--texts", "5"])
        #expect(run.code == 0, "\(run.errors)")
        let items = try details(path)
        for (item, texts) in zip(items, texts) {
            let generated = try #require(item["generated"] as? [String: String])
            #expect((1...4).map { generated["\($0)"] } == texts)
        }
        func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
        let exits = try #require(try run.json["exits"] as? [[String: Any]])
        for exit in 0..<4 {
            let hits = zip(texts, right).count { trimmed($0[exit]) == trimmed($1) }
            #expect(exits[exit]["accuracy"] as? Double == Double(hits) / 3)
            #expect(exits[exit]["accuracy_per_byte"] == nil)
        }
        // By default, only the last exit.
        let last = try evaluate(task, ["--max-tokens", "9", "--limit", "1"])
        #expect(last.output == "1 item, exact match of generated answers\n exit   exact match\n    4       100.0 %\n")
    }

    @Test func conversationsAreAsked() throws {
        let single = try CommandRun(
            ["generate", "Hello", "--chat", "--model", files.model, "--max-tokens", "5", "--format", "json"]
        ).json
        let object: [String: Any] = [
            "messages": [
                ["role": "user", "content": "Hello"],
                ["role": "assistant", "content": single["text"] as? String ?? ""],
            ]
        ]
        let line = String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
        let run = try evaluate(files.write(line, as: "task.jsonl"), ["--max-tokens", "5", "--format", "json"])
        let exits = try #require(try run.json["exits"] as? [[String: Any]])
        #expect(exits[0]["accuracy"] as? Double == 1 && exits[0]["accuracy_error"] is NSNull)
    }

    @Test(arguments: [
        ("", [], "expected at least one item"),
        (
            #"{"question": "Q", "choices": ["a", "b"], "answer": 5}"#, [],
            "line 1: key \"answer\": expected one of 2 choices"
        ),
        (#"{"question": "Q", "choices": ["a", ""], "answer": 0}"#, [], "line 1: key \"choices\""),
        (#"{"question": "Q", "answer": "a"}"# + "\n{", [], "line 2"),
        (
            #"{"question": "Q", "answer": "a"}"# + "\n" + #"{"question": "Q", "choices": ["a", "b"], "answer": 0}"#, [],
            "line 2: expected an answer to generate, as in the first line, found choices"
        ),
        (#"{"question": "Q", "answer": "a"}"#, ["--letters"], "--letters: expected multiple choice"),
        (
            #"{"question": "Q", "answer": "a"}"#, ["--extract", "last-number"],
            "line 1: expected an answer with a last-number"
        ),
        (#"{"question": "Q", "answer": "a"}"#, ["--exit-layers", "5"], "--exit-layers: expected numbers in 1...4"),
        (
            #"{"question": "Q", "answer": "a"}"#, ["--prompt-format", "{x}"],
            "line 1: expected a string or a number under the key \"x\""
        ),
        (
            #"{"question": "Q", "choices": ["a", "b"], "answer": 0}"#, ["--max-tokens", "4"],
            "--max-tokens: expected a task without choices"
        ),
        (
            #"{"question": "", "choices": ["a", "b"], "answer": 0}"#, [],
            "line 1: expected a question before the choices"
        ),
        (#"{"question": "", "answer": "a"}"#, [], "line 1: prompt: expected at least 1 token"),
    ]) func wrongTasksAreErrors(text: String, options: [String], message: String) throws {
        let run = try evaluate(files.write(text, as: "task.jsonl"), options)
        #expect(run.code == 1 && run.output == "" && run.errors.contains(message), "\(run.errors)")
    }

    @Test func longQuestionsNameTheirLine() throws {
        let question = String(repeating: "x ", count: 700)
        for rest in [#""answer": "a""#, #""choices": ["a", "b"], "answer": 0"#] {
            let run = try evaluate(files.write("{\"question\": \"\(question)\", \(rest)}", as: "task.jsonl"))
            #expect(
                run.code == 1 && run.errors.contains("task.jsonl, line 1: prompt: expected fewer tokens"),
                "\(run.errors)")
        }
    }

    @Test func detailsReplaceNoInput() throws {
        let task = choices
        for (path, message) in [
            (task, "found the task"), (files.path, "found a folder"), (files.model, "found the model"),
        ] {
            let run = try evaluate(task, ["--details", path])
            #expect(run.code == 1 && run.errors.contains(message), "\(run.errors)")
        }
    }

    @Test(arguments: [
        ([], "expected --text FILE or --task FILE, found neither"),
        (["--text", "a", "--task", "b"], "expected --text or --task, found both"),
        (["--task", "b", "--bos"], "--bos: expected --text with it"),
        (["--text", "a", "--letters"], "--letters: expected --task with it"),
        (["--text", "a", "--system", "x"], "--system: expected --task with it"),
        (["--task", "b", "--limit", "0"], "--limit: expected 1 or more"),
        (["--task", "b", "--texts", "9223372036854775807"], "--texts: expected 1...1024"),
        (["--task", "b", "--exit-layers", "0"], "--exit-layers: expected numbers from 1 on"),
        (["--task", "b", "--normalize", "x"], "normalize"),
        (["--task", "b", "--prompt-format", "{"], "--prompt-format"),
        (["--task", "b", "--details", "/dev/stdout"], "--details: expected a file, found standard output"),
        (["--task", "-", "--tools", "-"], "expected one thing from standard input"),
    ]) func otherOptionsAreUsageErrors(arguments: [String], message: String) throws {
        let run = try CommandRun(["evaluate", "--model", files.model] + arguments)
        #expect(run.code == 2 && run.errors.contains(message), "\(run.errors)")
    }
}
