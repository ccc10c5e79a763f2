import CommandTesting
import Foundation
import TestSupport
import Testing

/// Strategies, sampling and replayed texts of `benchmark`.
@Suite("benchmark")
struct BenchmarkCommandTests {
    private let files: CommandFiles
    private let prompts: String

    init() throws {
        files = try CommandFiles()
        prompts = files.write("{\"prompt\": \"Once upon\"}\n{\"prompt\": \"a time\"}\n", as: "prompts.jsonl")
    }

    private static let setting = ["--exit-layer", "3", "--draft-length", "3"]

    private func run(_ arguments: [String], input: String = "") throws -> CommandRun {
        try CommandRun(
            ["benchmark", "--model", files.model, "--max-tokens", "8", "--rounds", "2", "--ignore-eos"] + arguments,
            input: input)
    }

    private func json(_ arguments: [String]) throws -> [String: Any] {
        let run = try run(arguments + ["--format", "json"])
        #expect(run.code == 0, "\(run.errors)")
        return try run.json
    }

    private func names(_ json: [String: Any]) throws -> [String?] {
        try #require(json["strategies"] as? [[String: Any]]).map { $0["name"] as? String }
    }

    @Test func theTextIsDescribed() throws {
        let greedy = try #require(try json(["--prompts", prompts] + Self.setting)["text"] as? [String: Any])
        #expect(greedy["kind"] as? String == "greedy" && greedy["seed"] is NSNull)
        #expect(greedy["temperature"] as? Double == 0 && greedy["equal"] as? Bool == true)
        #expect((0...1).contains(try #require(greedy["repeated_share"] as? Double)))
        let sampled = try json(["--prompts", prompts, "--temperature", "0.8", "--seed", "7"] + Self.setting)
        let text = try #require(sampled["text"] as? [String: Any])
        #expect(text["kind"] as? String == "sampled" && text["seed"] as? Int == 7)
        #expect(text["temperature"] as? Double == 0.8)
    }

    @Test func theTableHasARowForEachStrategy() throws {
        let lines = try run(["--prompts", prompts] + Self.setting).output.split(separator: "\n")
        // Sources of drafts are indented.
        let rows = lines.filter { !$0.hasPrefix("  ") }
        #expect(rows.count == 6, "\(lines)")
        let starts = [
            "plain            ", "early exit       ", "self-speculative ", "auto             ",
            "speedup of self-speculative ", "greedy texts, ",
        ]
        for (line, start) in zip(rows, starts) { #expect(line.hasPrefix(start), "\(line)") }
        #expect(rows[4].contains("), exit layer 3, draft length 3, ") && rows[5].hasSuffix("; texts equal"))
        let sampled = try run(["--prompts", prompts, "--temperature", "0.8", "--seed", "7"] + Self.setting).output
        #expect(sampled.contains("\nsampled texts (temperature 0.8, seed 7), "), "\(sampled)")
    }

    @Test func strategiesAreChosenByName() throws {
        let all = try json(["--prompts", prompts] + Self.setting)
        #expect(try names(all) == ["plain", "early-exit", "self-speculative", "auto"])
        for row in try #require(all["strategies"] as? [[String: Any]]) {
            let speedup = try #require(row["speedup"] as? [String: Double])
            #expect(try #require(row["decode_tokens_per_second"] as? Double) > 0)
            #expect(row["name"] as? String != "plain" || speedup == ["median": 1, "min": 1, "max": 1])
        }
        let one = try json(["--prompts", prompts, "--strategy", "self-speculative,plain"] + Self.setting)
        #expect(try names(one) == ["plain", "self-speculative"] && one["early_exit"] is NSNull)
        // Early exit needs no draft length.
        let exit = try json(["--prompts", prompts, "--strategy", "early-exit", "--exit-layer", "2"])
        #expect(try names(exit) == ["plain", "early-exit"] && exit["exit_layer"] as? Int == 2)
        #expect(exit["draft_length"] is NSNull)
        // Without an exit layer, drafts are from earlier text only.
        let lookups = try json(["--prompts", prompts])
        #expect(try names(lookups) == ["plain", "auto"] && lookups["exit_layer"] is NSNull)
        // Plain decoding needs no exit layer.
        let plain = try json(["--prompts", prompts, "--strategy", "plain"])
        #expect(try names(plain) == ["plain"])
        for key in ["early_exit", "self_speculative", "speedup", "exit_layer", "draft_length"] {
            #expect(plain[key] is NSNull, "\(key)")
        }
    }

    /// Choosing drafts by cost needs no exit layer, and uses one that is given.
    @Test(arguments: [[], ["--exit-layer", "3"]]) func draftsAreChosenByCost(setting: [String]) throws {
        let run = try run(["--prompts", prompts, "--strategy", "auto"] + setting)
        #expect(run.code == 0 && run.output.contains("\nauto "), "\(run.errors)")
        #expect(run.output.contains("\nspeedup ") && run.output.hasSuffix("; texts equal\n"), "\(run.output)")
        #expect(run.output.contains(", exit layer 3, ") == !setting.isEmpty, "\(run.output)")
        let both = try self.run(["--prompts", prompts, "--strategy", "auto,self-speculative"] + Self.setting).output
        #expect(both.contains("speedup of auto ") && both.contains(", speedup of self-speculative "), "\(both)")
    }

    /// An exit after all layers is none for drafts chosen by cost, so nothing names it.
    @Test func anExitAfterAllLayersOnlyLooksUp() throws {
        let json = try json(["--prompts", prompts, "--strategy", "auto", "--exit-layer", "4"])
        #expect(try names(json) == ["plain", "auto"] && json["exit_layer"] is NSNull)
        let verified = try CommandRun([
            "verify", "--model", files.model, "--prompts", prompts, "--strategy", "auto", "--exit-layers", "3,4",
        ])
        #expect(verified.code == 0 && verified.output.contains("6 cases, 6 with equal tokens"), "\(verified.output)")
        let picture = files.file("picture.svg")
        let run = try CommandRun([
            "generate", "Once upon", "--model", files.model, "--strategy", "auto", "--exit-layer", "4", "--picture",
            picture,
        ])
        #expect(run.code == 0, "\(run.errors)")
        let svg = try String(contentsOfFile: picture, encoding: .utf8)
        #expect(svg.contains("drafts by lookup ·") && svg.contains("from earlier text, accepted"), "\(svg)")
        #expect(!svg.contains("exit layer") && !svg.contains("drafted by the first"), "\(svg)")
    }

    @Test func severalTextsAtOnce() throws {
        func rows(_ arguments: [String]) throws -> [[String: Any]] {
            try #require(try json(["--prompts", prompts, "--texts", "1,3"] + arguments)["rows"] as? [[String: Any]])
        }
        func names(_ row: [String: Any]) throws -> [String?] {
            try #require(row["strategies"] as? [[String: Any]]).map { $0["name"] as? String }
        }
        for row in try rows(Self.setting) {
            #expect(try names(row) == ["plain", "early-exit", "self-speculative", "auto"])
            for strategy in try #require(row["strategies"] as? [[String: Any]]) {
                let speedup = try #require(strategy["speedup"] as? [String: Double])
                #expect(strategy["name"] as? String != "plain" || speedup == ["median": 1, "min": 1, "max": 1])
            }
        }
        // A model without an exit layer drafts from earlier text only.
        for row in try rows([]) {
            #expect(try names(row) == ["plain", "auto"] && row["self_speculative"] is NSNull)
        }
        let sampled = try run(
            ["--prompts", prompts, "--texts", "1,3", "--strategy", "auto", "--temperature", "0.8", "--seed", "7"])
        let lines = sampled.output.split(separator: "\n")
        #expect(lines.count == 7 && lines[0].hasPrefix("texts  ") && lines[0].contains("over 1 text  "), "\(lines)")
        for (line, start) in zip(lines.dropFirst(), ["    1  plain ", "       auto ", "    3  plain ", "       auto "])
        {
            #expect(line.hasPrefix(start), "\(line)")
        }
        #expect(lines[6].hasPrefix("sampled texts (temperature 0.8, seed 7), ") && lines[6].hasSuffix("; texts equal"))
    }

    @Test func plainTextIsCutIntoReplayedTexts() throws {
        // The model's tokens for digits are single ones.
        let path = files.write(String(repeating: "0123456789", count: 15), as: "text.swift")
        let run = try run(["--replay", path, "--format", "json"] + Self.setting)
        #expect(run.code == 0, "\(run.errors)")
        // 150 tokens are 64 + 8, 64 + 8 and 3 + 3.
        #expect(run.errors.contains("replaying 3 texts with 19 tokens after their prompts\n"), "\(run.errors)")
        #expect(run.errors.contains("early exit is left out"))
        let json = try run.json
        #expect(try names(json) == ["plain", "self-speculative", "auto"])
        #expect((json["plain"] as? [String: Any])?["tokens"] as? Int == 19)
        let text = try #require(json["text"] as? [String: Any])
        #expect(text["kind"] as? String == "replayed")
        // In the first two texts, the prompt has all that follows.
        #expect(abs(try #require(text["repeated_share"] as? Double) - 16.0 / 19) < 1e-12)
        let piped = try self.run(["--replay", "-"] + Self.setting, input: "abcdefgh")
        #expect(piped.errors.contains("replaying 1 text with 4 tokens after their prompts\n"), "\(piped.errors)")
        #expect(piped.output.contains("\nreplayed texts, 0.0 % of "), "\(piped.output)")
    }

    @Test func eachLineIsAReplayedText() throws {
        let long = String(repeating: "0123456789", count: 15)
        let path = files.write("{\"text\": \"\(long)\"}\n\n{\"prompt\": \"abcdefgh\"}\n", as: "texts.jsonl")
        let run = try run(["--replay", path, "--temperature", "0.8", "--strategy", "self-speculative"] + Self.setting)
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.errors == "replaying 2 texts with 12 tokens after their prompts\n", "\(run.errors)")
        #expect(run.output.contains("\nreplayed texts (temperature 0.8, seed 0), "), "\(run.output)")
    }

    @Test(arguments: [
        ("short.txt", "a", "short.txt: expected a text of at least 2 tokens", "found 1; choose a longer text"),
        ("empty.txt", "", "empty.txt: expected a text of at least 2 tokens", "found 0; choose a longer text"),
        ("short.jsonl", "{\"text\": \"abcd\"}\n{\"text\": \"a\"}", "short.jsonl, line 2: expected a text", "found 1"),
        ("keys.jsonl", "{\"answer\": \"abcd\"}", "line 1: expected the key \"prompt\" or \"text\"", "answer"),
        ("empty.jsonl", "\n", "empty.jsonl: expected at least one text", "found none"),
    ]) func filesThatCannotBeReplayed(name: String, text: String, expected: String, found: String) throws {
        let run = try run(["--replay", files.write(text, as: name)] + Self.setting)
        #expect(run.code == 1 && run.output == "")
        #expect(run.errors.contains(expected) && run.errors.contains(found), "\(run.errors)")
    }

    @Test(arguments: [
        (["--prompts", "p", "--replay", "r"], "expected --prompts or --replay"),
        (["--replay", "r", "--strategy", "early-exit"], "--strategy"),
        (
            ["--prompts", "p", "--strategy", "plain,greedy"],
            "expected names among auto, plain, early-exit, self-speculative"
        ),
        (["--prompts", "p", "--strategy", "plain,plain"], "each once"),
        (["--prompts", "p", "--strategy", ""], "--strategy"),
        (["--prompts", "p", "--strategy", "plain", "--exit-layer", "1"], "--exit-layer"),
        (["--prompts", "p", "--strategy", "auto,early-exit", "--draft-length", "1"], "--draft-length"),
        (["--prompts", "p", "--temperature", "-1"], "temperature: expected 0 or more"),
        (["--prompts", "p", "--seed", "x"], "--seed"),
        (["--cost", "--replay", "r"], "--replay"), (["--cost", "--strategy", "plain"], "--strategy"),
        (["--cost", "--temperature", "0.8"], "--temperature"), (["--cost", "--seed", "1"], "--seed"),
        (["--texts", "2", "--replay", "r"], "--replay"),
        (["--texts", "2", "--prompts", "p", "--strategy", "plain", "--exit-layer", "1"], "--exit-layer"),
    ]) func wrongCombinationsAreUsage(arguments: [String], complaint: String) throws {
        // Found before the model is loaded.
        let run = try CommandRun(["benchmark", "--model", "/nowhere"] + arguments)
        #expect(run.code == 2 && run.output == "", "\(run.errors)")
        #expect((run.errors.split(separator: "\n").first ?? "").contains(complaint), "\(run.errors)")
    }
}
