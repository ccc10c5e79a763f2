import CommandTesting
import CheckpointFiles
import TestSupport
import Testing

/// Where the sampling comes from, and what is said about it.
struct SamplingCommandTests {
    private let files: CommandFiles
    /// A model whose file recommends a sampling.
    private let model: String

    init() throws {
        files = try CommandFiles()
        var writer = TinyLlamaFile().writer()
        writer.metadata["general.sampling.temp"] = .float32(0.8)
        writer.metadata["general.sampling.top_k"] = .int32(3)
        model = files.file("recommending.gguf")
        try writer.write(to: model)
    }

    private func tokens(_ arguments: String...) throws -> [Int] {
        let run = try CommandRun(
            ["generate", "Once upon", "--model", model, "--max-tokens", "40", "--ignore-eos", "--format", "json"]
                + arguments)
        return try #require(try run.json["tokens"] as? [Int])
    }

    @Test func optionsOverrideTheModel() throws {
        let greedy = try tokens()
        #expect(try tokens("--temperature", "0.8", "--top-k", "3") == tokens("--sampling", "model"))
        #expect(
            try tokens("--sampling", "model", "--seed", "7")
                == tokens("--temperature", "0.8", "--top-k", "3", "--seed", "7"))
        #expect(try tokens("--sampling", "model", "--top-k", "0") == tokens("--temperature", "0.8"))
        #expect(try tokens("--sampling", "model", "--top-k", "0") != tokens("--sampling", "model"))
        #expect(try tokens("--sampling", "model", "--temperature", "0") == greedy)
        #expect(try tokens("--temperature", "0.8", "--top-k", "0") == tokens("--temperature", "0.8"))
    }

    @Test func theSamplingIsSaid() throws {
        func errors(_ arguments: String..., input: String = "") throws -> String {
            try CommandRun(arguments, input: input).errors
        }
        let recommended = "temperature 0.8, top-k 3"
        #expect(
            try errors("generate", "a", "--max-tokens", "1", "--model", model, "--sampling", "model")
                .contains("sampling: \(recommended) (as the model's files recommend)\n"))
        #expect(
            try errors("chat", "--model", model, "--sampling", "model", "--top-k", "0")
                .contains(
                    "sampling: temperature 0.8 (the model's files recommend \(recommended); options override it)\n"))
        #expect(
            try errors("chat", "--model", model)
                .contains("sampling: greedy (the model's files recommend \(recommended); --sampling model uses it)\n"))
        #expect(try errors("chat", "--model", files.model) == "sampling: greedy\n")
        #expect(
            try errors("chat", "--model", files.model, "--sampling", "model")
                == "sampling: greedy (the model's files recommend none)\n")
        let prompts = files.write("{\"prompt\": \"Once upon\"}", as: "prompts.jsonl")
        #expect(
            try errors(
                "verify", "--model", model, "--prompts", prompts, "--exit-layers", "1", "--draft-lengths", "2",
                "--max-tokens", "8", "--sampling", "model"
            ).contains("sampling: \(recommended) (as the model's files recommend)\n"))
        #expect(try !errors("generate", "a", "--max-tokens", "1", "--model", model).contains("sampling"))
        #expect(
            try CommandRun(["inspect", model]).output
                .contains("sampling       \(recommended) (recommended; use --sampling model)\n"))
    }

    @Test func aRandomSeedIsSaidAndRepeatsTheText() throws {
        let arguments = [
            "generate", "Once upon", "--model", files.model, "--max-tokens", "40", "--ignore-eos", "--temperature", "5",
        ]
        let runs = try (0..<2).map { _ in try CommandRun(arguments + ["--seed", "-1"]) }
        #expect(runs[0].output != runs[1].output)
        for run in runs {
            let line = try #require(run.errors.split(separator: "\n").first { $0.hasPrefix("seed: ") })
            let seed = String(line.split(separator: " ")[1])
            #expect(line == "seed: \(seed) (--seed \(seed) repeats the text)")
            #expect(try CommandRun(arguments + ["--seed", seed]).output == run.output)
        }
        #expect(try CommandRun(arguments + ["--seed", "-2"]).code == 2)
        let greedy = try CommandRun(["generate", "Once", "--model", files.model, "--seed", "1", "--top-k", "2"])
        for option in ["--seed", "--top-k"] {
            let note = "note: \(option): no effect, since the temperature is 0 (--temperature samples)\n"
            #expect(greedy.errors.contains(note), "\(greedy.errors)")
        }
        #expect(try CommandRun(arguments + ["--top-k", "-1"]).errors.contains("top-k: expected 0 or more, found -1"))
    }
}
