import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

/// What the script needs.
private enum HumanEvalScript {
    /// Whether there are Python and a Linux kernel with Landlock.
    static let canRun: Bool = {
        // The version of Landlock, which is not negative if the kernel has it.
        let script = "python3 -c 'import ctypes, sys; sys.exit(ctypes.CDLL(None).syscall(444, None, 0, 1) < 1)'"
        return (try? CommandRun(script: script))?.code == 0
    }()
}

@Suite("Scripts/check-human-eval", .enabled(if: HumanEvalScript.canRun))
struct HumanEvalScriptTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles() }

    private func check(_ arguments: [String]) throws -> CommandRun {
        try CommandRun(
            script: "exec \"$SCRIPT\" \"$@\"", arguments,
            environment: ["SCRIPT": Fixtures.repository + "/Scripts/check-human-eval"])
    }

    private func lines(_ objects: [[String: String]], as name: String) throws -> String {
        let lines = try objects.map { String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self) }
        return files.write(lines.joined(separator: "\n"), as: name)
    }

    private func problems(_ names: some Sequence<String>) throws -> String {
        let problems = names.map { name in
            [
                "task_id": name, "prompt": "import math\n\ndef add(a, b):\n    \"\"\"Adds.\"\"\"\n",
                "entry_point": "add",
                "test": "def check(f):\n    assert f(1, 2) == 3\n", "canonical_solution": "    return a + b\n",
            ]
        }
        return try lines(problems, as: "problems.jsonl")
    }

    private func result(_ run: CommandRun, _ key: String) throws -> Double {
        try #require((try run.json[key] as? [String: Any])?["mean"] as? Double)
    }

    /// Programs that do wrong, or what they may not, fail, and harm nothing.
    @Test func programsRunWithLimits() throws {
        let precious = files.write("x", as: "precious")
        let programs: [String: (code: String, result: String)] = [
            "right": ("    return a + b\n", "passed"),
            "more than the function": ("    return a + b\n\ndef f():\n    pass\n\nprint(1 / 0)\n", "passed"),
            "files in its folder": ("    open('x', 'w').write('x'); return a + b\n", "passed"),
            "much output": ("    print('y' * 9000000); return a + b\n", "passed"),
            "wrong": ("    return a - b\n", "failed: AssertionError"),
            "endless": ("    while True: pass\n", "timed out"), "no Python": ("    return (\n", "failed: SyntaxError"),
            "much memory": ("    x = bytearray(4 << 30); return a + b\n", "failed: MemoryError"),
            "a large file": ("    open('x', 'wb').write(bytes(99 << 20)); return a + b\n", "failed: OSError"),
            "the network": ("    import socket; socket.socket(); return a + b\n", "failed: PermissionError"),
            "another program": ("    import subprocess; subprocess.run(['true'])\n", "failed: PermissionError"),
            "a process": ("    import os; os.fork(); return a + b\n", "failed: PermissionError"),
            "a signal": ("    import os; os.kill(os.getppid(), 9); return a + b\n", "failed: PermissionError"),
            "another folder": ("    open('\(precious)', 'w'); return a + b\n", "failed: PermissionError"),
            "an end": ("    import sys; sys.exit(0)\n", "failed: ended with code 0"),
            "a hard end": ("    import os; os._exit(0)\n", "failed: ended with code 0"),
        ]
        let names = programs.keys.sorted()
        let samples = try lines(
            names.map { ["task_id": $0, "completion": programs[$0]?.code ?? ""] }, as: "samples.jsonl")
        let results = files.file("results.jsonl")
        let run = try check([
            try problems(names), samples, "--timeout", "20", "--memory", "512", "--results", results, "--format",
            "json",
        ])
        #expect(run.code == 0, "\(run.errors)")
        #expect(abs(try result(run, "pass@1") - 4 / Double(names.count)) < 1e-12)
        let found = String(decoding: try TextFile.bytes(results), as: UTF8.self).split(separator: "\n")
        for (name, line) in zip(names, found) {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let result = object["result"] as? String ?? ""
            #expect(result.hasPrefix(programs[name]?.result ?? "?"), "\(name): \(result)")
        }
        #expect(try TextFile.bytes(precious) == Array("x".utf8))
    }

    /// Of five samples two pass: 1 - C(3, k) / C(5, k).
    @Test func passAtKIsUnbiased() throws {
        let codes = ["    return a + b\n", "    return 4\n", "    return b + a\n", "    return 5\n", "    pass\n"]
        let samples = try lines(
            codes.map { ["task_id": "a", "completion": $0] }
                + codes.map { _ in ["task_id": "b", "completion": "    pass\n"] },
            as: "samples.jsonl")
        let run = try check([try problems(["a", "b"]), samples, "--k", "1,2,4", "--timeout", "60", "--format", "json"])
        #expect(run.code == 0, "\(run.errors)")
        for (k, expected) in [(1, 2 / 5.0), (2, 1 - 3 / 10.0), (4, 1)] {
            #expect(abs(try result(run, "pass@\(k)") - expected / 2) < 1e-12)
        }
        let text = try check([try problems(["a", "b"]), "--canonical", "--timeout", "60"])
        #expect(text.output == "2 problems, 2 samples, of which 2 pass\npass@1: 100.0 ± 0.0 %\n", "\(text.errors)")
    }

    @Test func answersInChatsAreFound() throws {
        let answers = [
            "Here it is:\n```python\ndef add(a, b):\n    return math.floor(a + b)\n```\nDone.",
            "```\nx = 1\n```\n```py\ndef add(a, b):\n    return a + b", "    return a + b", "I cannot.",
        ]
        let samples = try lines(answers.map { ["task_id": "a", "completion": $0] }, as: "samples.jsonl")
        let run = try check([try problems(["a"]), samples, "--chat", "--timeout", "60", "--format", "json"])
        #expect(try result(run, "pass@1") == 0.75, "\(run.errors)")
    }

    @Test func wrongFilesAreErrors() throws {
        let problems = try problems(["a", "b"])
        let twice = files.write(
            try String(contentsOfFile: problems, encoding: .utf8) + "\n"
                + String(contentsOfFile: problems, encoding: .utf8), as: "twice.jsonl")
        let one = try lines([["task_id": "a", "completion": ""]], as: "one.jsonl")
        for (arguments, code, message) in [
            ([problems, files.file("none")], 1, "expected a readable file, found: No such file"),
            ([problems, files.write("", as: "empty")], 1, "expected at least one line, found none"),
            ([problems, files.write("{", as: "broken")], 1, "line 1: expected JSON"),
            ([problems, files.write([0xFF, 0xFE], as: "bytes")], 1, "expected text in UTF-8"),
            ([problems, files.write("{\"task_id\": \"a\"}", as: "keys")], 1, "with the string 'completion'"),
            ([problems, try lines([["task_id": "c", "completion": ""]], as: "other")], 1, "expected a task_id of"),
            ([problems, one], 1, "expected samples of all 2 problems, found 1; --partial"),
            ([problems, one, "--partial", "--k", "2"], 1, "--k: expected at most the 1 samples"),
            ([twice, one], 1, "expected each task_id once, found 'a' again"),
            ([problems], 2, "expected SAMPLES or --canonical, found neither"),
            ([problems, one, "--timeout", "0"], 2, "--timeout: expected a positive number"),
        ] as [([String], Int32, String)] {
            let run = try check(arguments)
            #expect(run.code == code && run.errors.contains(message), "\(run.errors)")
        }
    }
}
