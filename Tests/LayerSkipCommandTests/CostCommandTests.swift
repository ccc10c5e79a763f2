import CommandTesting
import Foundation
import TestSupport
import Testing

@Suite("benchmark --cost")
struct CostCommandTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles() }

    private func cost(_ arguments: String...) throws -> CommandRun {
        try CommandRun(["benchmark", "--model", files.model, "--cost", "--rounds", "1"] + arguments)
    }

    @Test func jsonHasEveryFigure() throws {
        let json = try cost("--acceptance", "0.45", "--draft-length", "7", "--depth", "3", "--format", "json").json
        #expect(
            Set(json.keys) == [
                "weight_bytes", "rounds", "decode", "prefill_tokens_per_second", "passes", "regions", "kernels",
                "threads",
            ])
        let decode = try #require(json["decode"] as? [String: Any])
        #expect(
            Set(decode.keys) == ["depth", "tokens_per_second", "read_bytes_per_second", "share_of_read_speed"])
        #expect(decode["depth"] as? Int == 3)
        let passes = try #require(json["passes"] as? [String: Any])
        #expect(
            Set(passes.keys) == [
                "seconds_per_token", "v", "head_cost", "acceptance", "draft_length", "exits", "best",
            ])
        let exits = try #require(passes["exits"] as? [[String: Any]])
        #expect(exits.map { $0["exit_layer"] as? Int } == [1, 2, 3])
        #expect(
            exits.allSatisfy {
                Set($0.keys) == [
                    "exit_layer", "draft_cost", "best_draft_length", "expected_speedup", "expected_speedup_as_counted",
                ]
            })
        for exit in exits {
            let (asCounted, best) = (
                exit["expected_speedup_as_counted"] as? Double, exit["expected_speedup"] as? Double
            )
            #expect(try #require(asCounted) <= #require(best))
            #expect((exit["best_draft_length"] as? Int != passes["draft_length"] as? Int) || asCounted == best)
        }
        let speedups = exits.compactMap { $0["expected_speedup"] as? Double }
        let best = try #require(passes["best"] as? [String: Any])
        #expect(best["expected_speedup"] as? Double == speedups.max())
        let points = try #require(passes["v"] as? [[String: Any]])
        #expect(points.map { $0["tokens"] as? Int } == [1, 2, 3, 4, 6, 8, 12, 16])
        let regions = try #require(json["regions"] as? [String: Any])
        #expect(
            Set(regions.keys) == [
                "count", "per_layer", "steps_per_layer", "overhead_seconds", "step_overhead_seconds",
            ])
    }

    @Test func whatIsNotMeasuredIsNull() throws {
        let json = try cost("--parts", "prefill", "--format", "json").json
        #expect(json["decode"] is NSNull && json["passes"] is NSNull)
        #expect(try #require(json["prefill_tokens_per_second"] as? Double) > 0)
    }

    @Test func textNamesWhatIsMeasured() throws {
        let run = try cost()
        #expect(run.code == 0, "\(run.errors)")
        for part in ["decode ", "of the read speed", "prefill ", "v(8) ", "head ", "exit 3 ", "regions "] {
            #expect(run.output.contains(part), "\(part) in \(run.output)")
        }
    }

    @Test(arguments: [
        ([], "--prompts"), (["--exit-layer", "1", "--draft-length", "2"], "--prompts"),
        (["--cost", "--prompts", "p"], "--prompts"),
        (["--cost", "--exit-layer", "1"], "--exit-layer"), (["--cost", "--max-tokens", "3"], "--max-tokens"),
        (["--cost", "--ignore-eos"], "--ignore-eos"), (["--cost", "--draft-length", "0"], "--draft-length"),
        (["--cost", "--depth", "-1"], "--depth"), (["--cost", "--acceptance", "1.5"], "--acceptance"),
        (["--cost", "--acceptance", "nan"], "--acceptance"), (["--cost", "--parts", "decode,encode"], "--parts"),
        (["--cost", "--draft-quantize", "none"], "--draft-quantize"),
        (["--cost", "--draft-vocabulary", "9"], "--draft-vocabulary"), (["--cost", "--texts", "2"], "--texts"),
        (["--cost", "--no-draft-lookup"], "--no-draft-lookup"),
        (["--texts", "0", "--prompts", "p"], "--texts"),
        (["--texts", "2,x", "--prompts", "p"], "--texts"),
        (["--cost", "--rounds", "0"], "--rounds"), (["--depth", "1"], "--depth"),
        (["--prompts", "p", "--rounds", "9223372036854775807"], "--rounds"),
        (["--cost", "--confidence", "7"], "--confidence"), (["--cost", "--entropy", "-3"], "--entropy"),
        (["--cost", "--each-exit"], "--each-exit"),
        (["--parts", "decode", "--prompts", "p", "--exit-layer", "1", "--draft-length", "2"], "--parts"),
    ]) func wrongCombinationsAreUsage(arguments: [String], option: String) throws {
        // Found before the model is loaded.
        let run = try CommandRun(["benchmark", "--model", "/nowhere"] + arguments)
        #expect(run.code == 2, "\(run.errors)")
        #expect(run.output == "")
        let complaint = run.errors.split(separator: "\n").first ?? ""
        #expect(complaint.contains(option), "\(run.errors)")
    }

    @Test(arguments: [("400", "528"), ("\(Int.max)", "\(Int.max)")])
    func aDepthBeyondTheContextIsAnError(depth: String, expected: String) throws {
        let run = try cost("--depth", depth)
        #expect(run.code == 1)
        let message = "expected \(expected) or more tokens to measure decode, found 512"
        #expect(run.errors.contains(message), "\(run.errors)")
    }
}
