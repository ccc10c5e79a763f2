import CommandTesting
import Foundation
import TestSupport
import Testing

@Suite("JSON output")
struct JSONTests {
    private let files: CommandFiles
    private let prompts: String

    init() throws {
        files = try CommandFiles()
        prompts = files.write("{\"prompt\": \"Once upon\"}\n\n{\"prompt\": \"a time\"}\n", as: "prompts.jsonl")
    }

    private func run(_ arguments: String...) throws -> [String: Any] {
        let run = try CommandRun(arguments + ["--format", "json"])
        #expect(run.code == 0, "\(run.errors)")
        return try run.json
    }

    private static let statistics: Set = [
        "load_seconds", "prefill_tokens_per_second", "decode_tokens_per_second", "rounds", "drafted", "accepted",
        "acceptance_rate", "accepted_by_position", "draft_seconds", "verify_seconds", "sources", "kernels", "threads",
        "weight_bytes", "cache_bytes", "peak_memory_bytes", "tokens_by_exit",
    ]

    @Test func generate() throws {
        let json = try run(
            "generate", "Once upon", "--model", files.model, "--strategy", "self-speculative", "--exit-layer", "3",
            "--draft-length", "4", "--max-tokens", "30", "--ignore-eos", "--threads", "1")
        #expect(Set(json.keys) == ["text", "prompt_tokens", "tokens", "statistics"])
        #expect(json["text"] is String)
        #expect((json["tokens"] as? [Int])?.count == 30)
        let statistics = try #require(json["statistics"] as? [String: Any])
        #expect(Set(statistics.keys) == Self.statistics)
        let drafted = try #require(statistics["drafted"] as? Int)
        let accepted = try #require(statistics["accepted"] as? Int)
        #expect(statistics["acceptance_rate"] as? Double == Double(accepted) / Double(drafted))
        #expect((statistics["accepted_by_position"] as? [Int])?.reduce(0, +) == accepted)
        let sources = try #require(statistics["sources"] as? [String: [String: Any]])
        #expect(Set(sources.keys) == ["early-exit"])
        let source = try #require(sources["early-exit"])
        #expect(Set(source.keys) == ["rounds", "drafted", "accepted", "seconds", "wasted_seconds", "gain"])
        #expect(source["drafted"] as? Int == drafted && source["accepted"] as? Int == accepted)
        #expect(statistics["threads"] as? Int == 1)
        for key in ["load_seconds", "draft_seconds", "verify_seconds", "weight_bytes", "cache_bytes"] {
            #expect(try #require(statistics[key] as? Double) > 0, "\(key)")
        }
    }

    @Test(arguments: ["plain", "early-exit"]) func withoutDraftsCountsAreZero(strategy: String) throws {
        // With a prompt of one token there is no prefill.
        let json = try run("generate", "x", "--model", files.model, "--strategy", strategy, "--max-tokens", "3")
        let statistics = try #require(json["statistics"] as? [String: Any])
        #expect(Set(statistics.keys) == Self.statistics)
        for key in ["rounds", "drafted", "accepted"] { #expect(statistics[key] as? Int == 0, "\(key)") }
        #expect(statistics["accepted_by_position"] as? [Int] == [])
        #expect((statistics["sources"] as? [String: Any])?.isEmpty == true)
        for key in ["acceptance_rate", "prefill_tokens_per_second"] { #expect(statistics[key] is NSNull, "\(key)") }
        #expect(try #require(statistics["decode_tokens_per_second"] as? Double) > 0)
    }

    @Test func verify() throws {
        let json = try run(
            "verify", "--model", files.model, "--prompts", prompts, "--exit-layers", "1,3", "--draft-lengths", "1,4",
            "--max-tokens", "8", "--temperature", "0.8", "--seed", "1,2")
        #expect(Set(json.keys) == ["cases", "equal", "logits_equal", "drafts", "differences"])
        #expect(try #require(json["drafts"] as? Int) > 0)
        for key in ["cases", "equal", "logits_equal"] { #expect(json[key] as? Int == 16, "\(key)") }
        #expect((json["differences"] as? [Any])?.isEmpty == true)
    }

    @Test func evaluate() throws {
        let text = files.write(String(repeating: "It was the best of times. ", count: 4), as: "text.txt")
        let json = try run("evaluate", "--model", files.model, "--text", text, "--context", "50")
        #expect(Set(json.keys) == ["tokens", "bos", "layers"])
        let layers = try #require(json["layers"] as? [[String: Any]])
        #expect(layers.map { $0["exit"] as? Int } == [1, 2, 3, 4])
        for layer in layers {
            #expect(Set(layer.keys) == ["exit", "nll", "perplexity", "accuracy", "agreement"])
            let nll = try #require(layer["nll"] as? Double)
            #expect(abs(exp(nll) - (layer["perplexity"] as? Double ?? 0)) < 1e-6 * exp(nll))
        }
        #expect(layers[3]["agreement"] as? Double == 1)
    }

    @Test func benchmark() throws {
        let json = try run(
            "benchmark", "--model", files.model, "--prompts", prompts, "--exit-layer", "3", "--draft-length", "3",
            "--max-tokens", "8", "--rounds", "2", "--ignore-eos")
        #expect(Set(json.keys).isSuperset(of: ["plain", "early_exit", "self_speculative", "speedup"]))
        for key in ["plain", "early_exit", "self_speculative"] {
            let row = try #require(json[key] as? [String: Any])
            #expect(try #require(row["decode_tokens_per_second"] as? Double) > 0)
            #expect((row["acceptance_rate"] is NSNull) == (key != "self_speculative"))
            let drafting = try #require(row["draft_share"] as? Double)
            let verifying = try #require(row["verify_share"] as? Double)
            #expect(verifying > 0 && drafting + verifying <= 1)
            #expect(key == "self_speculative" ? drafting > 0 : drafting == 0, "\(key): \(drafting)")
            let drafted = try #require(row["drafted_by_position"] as? [Int])
            let accepted = try #require(row["accepted_by_position"] as? [Int])
            #expect(drafted.count == (key == "self_speculative" ? 3 : 0))
            // A position is drafted only where the one before it is, and accepted only where that one is.
            for counts in [drafted, accepted] { #expect(zip(counts, counts.dropFirst()).allSatisfy { $0 >= $1 }) }
        }
        let speedup = try #require(json["speedup"] as? [String: Double])
        #expect(Set(speedup.keys) == ["median", "min", "max"])
    }

    @Test func benchmarkOfSeveralTexts() throws {
        let arguments = [
            "benchmark", "--model", files.model, "--prompts", prompts, "--exit-layer", "3", "--draft-length", "3",
            "--max-tokens", "8", "--rounds", "2", "--ignore-eos", "--texts", "1,3",
        ]
        let json = try CommandRun(arguments + ["--format", "json"]).json
        let rows = try #require(json["rows"] as? [[String: Any]])
        #expect(rows.map { $0["texts"] as? Int } == [1, 3])
        for (index, row) in rows.enumerated() {
            for strategy in ["plain", "self_speculative"] {
                let speed = try #require(row[strategy] as? [String: Any])
                #expect(try #require(speed["tokens_per_second"] as? Double) > 0)
                let ratio = try #require(speed["ratio"] as? Double)
                #expect(index == 0 ? ratio == 1 : ratio > 0)
            }
        }
        let table = try CommandRun(arguments).output
        #expect(json["exit_layer"] as? Int == 3 && json["draft_length"] as? Int == 3)
        #expect(table.contains("\nexit layer 3, draft length 3, "), "\(table)")
    }

    @Test func inspectAndTokenize() throws {
        let json = try run("inspect", files.model)
        #expect(json["architecture"] as? String == "llama")
        #expect(json["layers"] as? Int == 4)
        let templates = try #require(json["chat_templates"] as? [[String: Any]])
        #expect(templates.count == 1 && templates[0]["name"] as? String == "default")
        #expect(templates[0]["tools"] as? Bool == false && templates[0]["cannot_run"] is NSNull)
        #expect((json["tensors"] as? [Any])?.count == 38)
        let tokens = try run("tokenize", "the é", "--model", files.model)
        #expect(Set(tokens.keys) == ["ids", "pieces"])
        let ids = try #require(tokens["ids"] as? [Int])
        #expect((tokens["pieces"] as? [String])?.count == ids.count)
        // Invalid parts of a character are shown, and the output is still JSON.
        #expect((tokens["pieces"] as? [String])?.last == "\u{FFFD}")
        #expect(try CommandRun(["tokenize", "a", "--model", files.model]).json["ids"] as? [Int] == [100])
    }
}
