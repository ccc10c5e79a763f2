import Foundation
import CommandTesting
import LayerSkip
import TestSupport
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("approximate, and early exit by confidence")
struct ApproximateCommandTests {
    private let files: CommandFiles
    private let text: String

    init() throws {
        files = try CommandFiles { $0.contextLength = 200 }
        text = files.write(String(repeating: "Once upon a time, there was a tiny model. ", count: 40), as: "text.txt")
    }

    private func approximate(_ arguments: String...) throws -> CommandRun {
        try CommandRun(
            ["approximate", "--model", files.model, "--text", text, "--rounds", "1", "--threads", "1"] + arguments)
    }

    private func generate(_ arguments: String...) throws -> CommandRun {
        try CommandRun(["generate", "Once upon", "--model", files.model, "--max-tokens", "30"] + arguments)
    }

    @Test func strictestThresholdHasPlainQuality() throws {
        let json = try approximate("--exit-layer", "1,2", "--confidence", "0,1", "--format", "json").json
        let plain = try #require(json["plain"] as? [String: Any])
        let points = try #require(json["points"] as? [[String: Any]])
        let qualities = try points.map { try #require($0["quality"] as? [String: Any]) }
        #expect(points.count == 3 && points.map { $0["is_half_of_layers"] as? Bool } == [false, false, true])
        #expect(NSDictionary(dictionary: qualities[1]) == NSDictionary(dictionary: plain))
        #expect(plain["layers_per_token"] as? Double == 4 && plain["agreement"] as? Double == 1)
        #expect(qualities[0]["layers_per_token"] as? Double == 1)
        #expect((qualities[2]["layers_per_token"] as? Double ?? 9) <= 2)
        // What evaluate says of the exit and of the last layer.
        let evaluated = try CommandRun([
            "evaluate", "--model", files.model, "--text", text, "--format", "json",
        ]).json
        let layers = try #require(evaluated["layers"] as? [[String: Any]])
        for (quality, layer) in [(qualities[0], layers[0]), (plain, layers[3])] {
            for key in ["nll", "accuracy", "agreement"] {
                let (found, expected) = (quality[key] as? Double ?? -1, layer[key] as? Double ?? -2)
                #expect(abs(found - expected) < 1e-9, "\(key)")
            }
        }
    }

    @Test func filesHaveEveryPoint() throws {
        let (csv, svg) = (files.file("curve.csv"), files.file("curve.svg"))
        let run = try approximate("--exit-layer", "2", "--entropy", "0,1,4", "--csv", csv, "--svg", svg)
        #expect(
            run.code == 0 && run.output.contains("\n   entropy  layers") && run.output.contains("half of the layers"))
        let lines = try TextFile.text(csv).split(separator: "\n")
        #expect(lines[0] == "entropy,layers_per_token,nll,accuracy,agreement,speedup" && lines.count == 6)
        #expect(lines[1].hasPrefix("plain,4.0,") && lines[1].hasSuffix(",1.0,1.0"))
        let picture = try TextFile.text(svg)
        #expect(XMLParser(data: Data(picture.utf8)).parse())
        // Two panels with a dot for each of four thresholds.
        #expect(picture.components(separatedBy: "<circle").count == 9)
    }

    @Test func strictestThresholdWritesThePlainText() throws {
        let plain = try generate("--strategy", "plain", "--format", "json").json
        for threshold in [["--confidence", "1"], ["--entropy", "0"]] {
            let run = try CommandRun(
                [
                    "generate", "Once upon", "--model", files.model, "--max-tokens", "30", "--strategy", "early-exit",
                    "--exit-layer", "1,3", "--format", "json",
                ] + threshold)
            #expect(try run.json["tokens"] as? [Int] == plain["tokens"] as? [Int])
            let statistics = try #require(try run.json["statistics"] as? [String: Any])
            #expect(statistics["tokens_by_exit"] as? [String: Int] == ["4": 30])
            #expect(run.errors.contains("approximate: tokens chosen 100.0 % after 4 layers"), "\(run.errors)")
        }
        let loose = try generate("--strategy", "early-exit", "--exit-layer", "2", "--confidence", "0")
        let early = try generate("--strategy", "early-exit", "--exit-layer", "2")
        #expect(loose.output == early.output && loose.errors.contains("100.0 % after 2 layers"))
    }

    @Test func picturesSayThatTheTextIsApproximate() throws {
        let picture = files.file("picture.svg")
        _ = try generate(
            "--strategy", "early-exit", "--exit-layer", "2,3", "--confidence", "0.5", "--picture", picture)
        let svg = try TextFile.text(picture)
        #expect(svg.contains("approximate · early exit with confidence above 0.5 at exit layer 2, 3"))
    }

    @Test func benchmarksReplayApproximately() throws {
        let run = try CommandRun([
            "benchmark", "--model", files.model, "--replay", text, "--strategy", "early-exit", "--exit-layer", "1,2",
            "--confidence", "0.5", "--rounds", "1", "--max-tokens", "40",
        ])
        #expect(run.code == 0 && run.output.contains("early exit with confidence above 0.5 at exit layer 1, 2"))
    }

    /// Drafts from several exits, each exit alone beside all of them.
    @Test func severalExitsAreCompared() throws {
        let prompts = files.write("{\"prompt\": \"Once upon a time\"}\n", as: "prompts.jsonl")
        let common = ["--model", files.model, "--prompts", prompts, "--max-tokens", "30"]
        let json = try CommandRun(
            [
                "benchmark", "--strategy", "auto,self-speculative", "--exit-layer", "1,3", "--draft-length", "2",
                "--each-exit", "--rounds", "1", "--format", "json",
            ] + common
        ).json
        let rows = try #require(json["strategies"] as? [[String: Any]])
        #expect(
            rows.map { "\($0["name"] as? String ?? "") \($0["exit_layers"] as? [Int] ?? [])" } == [
                "plain []", "auto [1]", "auto [3]", "auto [1, 3]", "self-speculative [1]", "self-speculative [3]",
            ])
        let verified = try CommandRun(["verify", "--strategy", "auto", "--exit-layers", "1,2,3"] + common)
        #expect(verified.code == 0 && verified.output.contains("4 cases, 4 with equal tokens"), "\(verified.output)")
    }

    @Test func exportStoresSeveralExits() throws {
        let output = files.file("exits.gguf")
        let exported = try CommandRun([
            "export", files.model, "--to", "gguf", "--exit-layer", "2,1,3", "--draft-length", "4", "--output", output,
        ])
        #expect(exported.code == 0, "\(exported.errors)")
        let inspected = try CommandRun(["inspect", output])
        #expect(
            inspected.output.contains("exit layer 2, draft length 4; auto chooses among exit layers 1, 2, 3"),
            "\(inspected.output)")
        #expect(try TextModel(path: output, threads: 1).recommendedStrategy == .auto(exitLayers: [1, 2, 3]))
        // A new setting replaces them.
        let again = files.file("one.gguf")
        _ = try CommandRun([
            "export", output, "--to", "gguf", "--exit-layer", "2", "--draft-length", "4", "--output", again,
        ])
        #expect(try TextModel(path: again, threads: 1).recommendedStrategy == .auto(exitLayers: [2]))
        for (exits, message) in [("2,2", "each exit layer once"), ("2,9", "exit layers in 1...4")] {
            let run = try CommandRun([
                "export", files.model, "--to", "gguf", "--exit-layer", exits, "--draft-length", "4", "--output",
                files.file("wrong.gguf"),
            ])
            #expect(run.code == 1 && run.errors.contains(message), "\(run.errors)")
            #expect(!FileManager.default.fileExists(atPath: files.file("wrong.gguf")))
        }
    }

    @Test func aFailingFileDoesNotHideTheReport() throws {
        let run = try approximate("--exit-layer", "2", "--confidence", "0.5", "--csv", "/dev/full")
        #expect(run.code == 1 && run.errors.contains("/dev/full"), "\(run.errors)")
        #expect(run.output.contains("confidence  layers"), "\(run.output)")
    }

    @Test func wrongUsage() throws {
        let early = ["--strategy", "early-exit"]
        for (arguments, message) in [
            (["--confidence", "0.5"], "--confidence: expected --strategy early-exit with it"),
            (["--strategy", "auto", "--entropy", "1"], "--entropy: expected --strategy early-exit with it"),
            (early + ["--confidence", "1.5"], "confidence: expected 0...1, found 1.5"),
            (early + ["--entropy", "-1"], "entropy: expected a number of nats"),
            (early + ["--entropy", "1", "--confidence", "1"], "expected --confidence or --entropy, found both"),
            (early + ["--exit-layer", "1,2"], "--exit-layer: expected one layer with --strategy early-exit, found 2"),
            (["--exit-layer", "1,2", "--draft-length", "3"], "--exit-layer: expected one layer with"),
        ] {
            let run = try CommandRun(["generate", "Once", "--model", files.model] + arguments)
            #expect(run.code == 2 && run.errors.contains(message), "\(run.errors)")
        }
        let place = ["--csv", "a.csv", "--svg", "./a.csv"]
        let same = try CommandRun(["approximate", "--model", "/nowhere", "--text", text] + place)
        #expect(same.code == 2 && same.errors.contains("--svg: expected another file"), "\(same.errors)")
        let deep = try generate("--strategy", "early-exit", "--exit-layer", "1,9", "--confidence", "0.5")
        #expect(deep.code == 1 && deep.errors.contains("exit layer: expected 1...4"), "\(deep.errors)")
        let none = try approximate()
        #expect(none.code == 1 && none.errors.contains("--exit-layer"), "\(none.errors)")
    }
}
