import CommandTesting
import LayerSkip
import TestSupport
import Testing

@Suite("SmolLM2", .enabled(if: Fixtures.smolLM2 != nil || Fixtures.required))
struct SmolLM2Tests {
    private let model: String

    init() throws {
        model = try #require(Fixtures.smolLM2, "run Scripts/fetch-smollm2, or set LAYERSKIP_CACHE")
    }

    /// Memory is weights, cache and little more: temporary values of operations must not accumulate in the heap.
    @Test func memoryIsBoundedForALongPrompt() throws {
        let prompt = Array(repeating: "The quick brown fox jumps over the lazy dog.", count: 140).joined(separator: " ")
        let run = try CommandRun(["generate", prompt, "--model", model, "--max-tokens", "4", "--format", "json"])
        let statistics = try #require(try run.json["statistics"] as? [String: Any])
        let figures = ["peak_memory_bytes", "cache_bytes", "weight_bytes"].compactMap { statistics[$0] as? Int }
        try #require(figures.count == 3)
        #expect(figures[0] - figures[1] - figures[2] < 60_000_000, "\(figures)")
    }

    @Test func itKnowsTheCapitalOfFrance() throws {
        let run = try CommandRun(["generate", "The capital of France is", "--model", model, "--max-tokens", "16"])
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.hasPrefix(" Paris"))
    }

    @Test(arguments: KernelTable.available.map { ($0.name, "2") } + [("", "1")])
    func speculationIsPlainDecoding(kernels: String, threads: String) throws {
        let files = try CommandFiles()
        let prompts = files.write(
            "{\"prompt\": \"The capital of France is\"}\n{\"prompt\": \"func add(_ a: Int, _ b: Int) -> Int {\"}\n",
            as: "prompts.jsonl")
        // The scalar table is only for comparison, and takes a third of a second per token.
        let isSlow = kernels == "scalar"
        for sampling in isSlow
            ? [["--temperature", "0.8", "--seed", "1"]] : [[], ["--temperature", "0.8", "--seed", "1"]]
        {
            let arguments = [
                "verify", "--model", model, "--prompts", prompts, "--exit-layers", isSlow ? "25" : "15,25",
                "--draft-lengths", "4", "--max-tokens", isSlow ? "6" : "24", "--threads", threads, "--format", "json",
            ]
            let run = try CommandRun(arguments + sampling, environment: ["LAYERSKIP_KERNELS": kernels])
            #expect(run.code == 0, "\(run.errors)\(run.output)")
            let json = try run.json
            for key in ["cases", "equal", "logits_equal"] { #expect(json[key] as? Int == (isSlow ? 2 : 4), "\(key)") }
        }
    }
}
