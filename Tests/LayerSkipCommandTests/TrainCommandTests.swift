import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

@testable import LayerSkipCommand

@Suite("train")
struct TrainCommandTests {
    private let files: TrainingFiles

    init() throws { files = try TrainingFiles() }

    @Test func aRunMakesAModelThatOtherCommandsTake() throws {
        let run = try files.train("a")
        #expect(run.code == 0, "\(run.errors)")
        let result = "\(files.output("a"))/newest: a model trained for 6 steps"
        #expect(run.output.hasPrefix(result + "; ") && run.output.hasSuffix(" MB\n"), "\(run.output)")
        #expect(run.output.contains(/; \d+ s, peak memory \d+\.\d MB/))
        #expect(run.errors.contains("validation after step 6: loss "))
        let generated = try CommandRun([
            "generate", "--model", files.output("a") + "/newest", "the", "--max-tokens", "4",
        ])
        #expect(generated.code == 0, "\(generated.errors)")
        // A finished run is not repeated.
        let again = try files.train("a")
        #expect(again.code == 0)
        #expect(again.errors == "resuming after step 6\n")
        #expect(again.output == result + "\n")
        #expect(try files.script("rm -r \"$RUN/checkpoints/step-6\"", "a").code == 0)
        #expect(try files.train("a").output.contains(/steps; the last 2 steps: \d+ s, peak memory/))
    }

    @Test func aDryRunWritesNothing() throws {
        let run = try files.train("a", "--dry-run")
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("parameters  0.14 million, of which 0.14 million are trained\n"))
        #expect(run.output.contains("tokens      0.00 million in 6 steps of 32, or "))
        #expect(!FileManager.default.fileExists(atPath: files.output("a")))
    }

    @Test func dataThatWasReplacedIsRefused() throws {
        let data = try files.shard("data.tokens")
        #expect(try files.train("a", "data.training=\(data)").code == 0)
        _ = try files.shard("data.tokens", length: 40)
        let run = try files.train("a", "data.training=\(data)")
        #expect(run.code == 1)
        #expect(run.errors.contains("data.training: expected 408 tokens ("), "\(run.errors)")
        #expect(run.errors.contains("as when the run began"))
    }

    @Test func recipesMayNameTheHomeFolder() throws {
        let run = try files.train("none", "output=~/home", home: files.output(""))
        #expect(run.code == 0, "\(run.errors)")
        #expect(files.steps("home") == [4, 6])
        let other = try files.train("none", "output=~nobody/home")
        #expect(other.errors.contains("output: expected ~/ or a path that does not begin with ~"), "\(other.errors)")
    }

    /// A run neither overwrites nor removes its inputs.
    @Test func aRunLeavesItsInputsAlone() throws {
        #expect(try files.train("a").code == 0)
        let checkpoint = "\(files.output("a"))/newest"
        func expectRefusal(_ run: String, _ arguments: String...) throws {
            let result = try files.train(run, arguments)
            #expect(result.code == 1)
            #expect(result.errors.contains("expected an output that is not also an input"), "\(result.errors)")
        }
        try expectRefusal("a", "model.start=\(checkpoint)")
        try expectRefusal("a/newest", "model.start=\(checkpoint)")
        try expectRefusal("a", "data.training=\(files.output("a"))/report.html")
        // Another folder is fine.
        #expect(try files.train("b", "model.start=\(checkpoint)").code == 0)
        // A file in place of the link to the newest checkpoint.
        let kept = "\(files.output("c"))/newest"
        try FileManager.default.createDirectory(atPath: files.output("c"), withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(filePath: kept))
        let refused = try files.train("c")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("expected nothing, or a link to a checkpoint"), "\(refused.errors)")
        #expect(try String(contentsOfFile: kept, encoding: .utf8) == "mine")
    }

    @Test func mistakesAreErrorsThatNameThem() throws {
        func errors(_ arguments: String...) throws -> String {
            let run = try files.train("bad", arguments)
            #expect(run.code == 1, "\(run.output)")
            return run.errors
        }
        #expect(
            try errors("data.training=missing.tokens")
                == "error: missing.tokens: expected a readable file, found No such file or directory\n")
        let other = files.write(Array(repeating: 0, count: 200), as: "other.tokens")
        #expect(
            try errors("data.training=\(other)")
                == "error: \(other): expected a shard of tokens, as prepare-data makes of texts, "
                + "found a file of another kind\n")
        let foreign = try files.shard("foreign.tokens", fingerprint: 5)
        #expect(try errors("data.validation=\(foreign)").hasPrefix("error: \(foreign): tokenizer: expected "))
        #expect(
            try errors("exits.layers=[9]").hasPrefix(
                "error: exits.layers=[9]: exits.layers: expected exits from 2 to 4"))
        #expect(
            try errors("batch.length=100000").hasPrefix(
                "error: batch.length=100000: batch.length: expected at most the model's context"))
        #expect(try errors("output=/proc/none").hasPrefix("error: /proc/none: expected a place for a folder"))
        #expect(
            try CommandRun(["train", "missing.yaml"]).errors.hasPrefix("error: missing.yaml: expected a readable text"))
        #expect(try CommandRun(["train"]).code == 2)
        // A recipe that changed after the run began.
        #expect(try files.train("changed").code == 0)
        let changed = try files.train("changed", "optimizer.rate=0.5")
        #expect(
            changed.errors
                == "error: optimizer.rate=0.5: optimizer.rate: expected 0.001, as when the run began, found 0.5\n")
    }

    @Test func theListOfKeysIsWhole() throws {
        let run = try CommandRun(["train", "--list-keys"])
        #expect(run.code == 0)
        for key in RecipeKey.all { #expect(run.output.contains("\(key.path): \(key.expected)"), "\(key.path)") }
    }
}
