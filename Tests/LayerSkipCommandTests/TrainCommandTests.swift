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
        #expect(run.output == "\(files.output("a"))/newest: a model trained for 6 steps\n")
        #expect(run.errors.contains("validation after step 6: loss "))
        let generated = try CommandRun([
            "generate", "--model", files.output("a") + "/newest", "the", "--max-tokens", "4",
        ])
        #expect(generated.code == 0, "\(generated.errors)")
        // A finished run is not repeated.
        let again = try files.train("a")
        #expect(again.code == 0)
        #expect(again.errors == "resuming after step 6\n")
    }

    @Test func aDryRunWritesNothing() throws {
        let run = try files.train("a", "--dry-run")
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("parameters  0.14 million, of which 0.14 million are trained\n"))
        #expect(run.output.contains("tokens      0.00 million in 6 steps of 32, or "))
        #expect(!FileManager.default.fileExists(atPath: files.output("a")))
    }

    @Test func whatIsLostOfTheDataIsSaid() throws {
        // The data has 8 documents of 51 tokens.
        let windows = "training on 25 sequences of 16 tokens, made of windows (data.packing: windows)\n"
        let tail = "note: data.training: left out: 7 tokens at the ends of shards that make no whole sequence\n"
        let limit = "note: data.validation: measured on 4 of 26 sequences, limited by validation.batches\n"
        for arguments in [["--dry-run"], []] {
            #expect(try files.train("a", arguments).errors.hasPrefix(windows + tail + limit))
        }
        let documents = try files.train("b", "data.packing=documents", "--dry-run")
        #expect(
            documents.errors.contains(
                "note: data.validation: cut to the length of a sequence: 8 of 8 documents, which lose 272 tokens, "
                    + "including their end-of-text (raise batch.length, or use data.packing=windows)\n"),
            "\(documents.errors)"
        )
    }

    @Test func exitsThatHaveNoLossAreSaid() throws {
        func errors(_ arguments: String...) throws -> String { try files.train("a", arguments + ["--dry-run"]).errors }
        #expect(
            try errors("exits.curriculum=none").hasSuffix(
                "note: exits.scale: no effect, since exits.curriculum is none: no early exit is trained\n"))
        #expect(
            try errors("exits.scale=0").hasSuffix(
                "note: exits.curriculum: no effect, since exits.scale is 0: no early exit is trained\n"))
        #expect(
            try errors("exits.scale=0", "exits.curriculum=none", "exits.layers=[2]").hasSuffix(
                "note: exits.layers: no effect, since exits.scale is 0: no early exit is trained\n"))
        #expect(try !errors().contains("no effect"))
        #expect(try !errors("exits.scale=0", "exits.curriculum=none").contains("no effect"))
    }

    @Test func promptsAreNotScoredByDefault() throws {
        let pairs = try files.shard("pairs.tokens", promptLength: 12)
        let data = ["data.training=\(pairs)", "data.validation=\(pairs)", "batch.length=60", "validation.batches=9"]
        let run = try files.train("pairs", data)
        #expect(run.errors.hasPrefix("training on 8 sequences of 60 tokens, made of whole documents"), "\(run.errors)")
        #expect(try files.metrics("pairs")[0].contains("\"scored_tokens\":\(8 * (51 - 12))"))
        let windows = try files.train("windows", data + ["data.packing=windows"])
        #expect(
            windows.errors.contains(
                "note: data.training: windows score prompts like answers, and 8 of 8 documents have"))
        #expect(try files.metrics("windows")[0].contains("\"scored_tokens\":\(8 * 51 - 1)"))
        // A run resumes with its original packing, even if the default for the data differs.
        #expect(try files.script("rm -r \"$RUN/checkpoints/step-6\"", "windows").code == 0)
        let resumed = try files.train("windows", data)
        #expect(resumed.code == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("made of windows (data.packing: windows)"), "\(resumed.errors)")
        #expect(files.steps("windows").last == 6)
        // A packing in the recipe must be the original one.
        let changed = try files.train("windows", data + ["data.packing=documents"])
        #expect(
            changed.errors.hasSuffix("data.packing: expected windows, as when the run began, found documents\n"))
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

    @Test func killedAtAnyMomentItEndsWithTheSameBits() throws {
        #expect(try files.train("whole", "steps=40", "checkpoints.every=3").code == 0)
        // Kills at moments from before the first step to near the end. Each run resumes after the previous kill.
        let kills = try files.script(
            """
            for moment in 0.1 0.2 0.15 0.3 0.25 0.2; do
                timeout -s KILL $moment "$LAYERSKIP" train "$@" >/dev/null 2>&1
                echo $?
            done
            """, "killed", "steps=40", "checkpoints.every=3")
        #expect(kills.output.contains("137"), "\(kills.output)")
        let last = try files.train("killed", "steps=40", "checkpoints.every=3")
        #expect(last.code == 0, "\(last.errors)")
        try files.expectSameBits("killed", "whole")
        #expect(files.names("killed/checkpoints").allSatisfy { !$0.hasSuffix(".partial") })
        #expect(try files.metrics("killed") == files.metrics("whole"))
    }

    @Test(arguments: ["TERM", "INT", "HUP"]) func askedToStopItLeavesACheckpoint(_ signal: String) throws {
        let arguments = ["steps=3000", "checkpoints.every=3000", "validation.every=0"]
        let run = try files.script(
            """
            "$LAYERSKIP" train "$@" &
            pid=$!
            # Wait for the first step.
            until grep -q step "$RUN/metrics.jsonl" 2>/dev/null; do kill -0 $pid || exit 9; sleep 0.02; done
            kill -s \(signal) $pid
            wait $pid
            """, "stopped", arguments)
        #expect(run.code == 1)
        let step = try #require(files.steps("stopped").last)
        #expect(
            run.errors.hasSuffix("error: stopped after step \(step) of 3000; rerun the command to resume\n"))
        #expect(try files.metrics("stopped").count == step)
    }

    /// The folder is the result, and messages do not end up in a file that was opened with a standard number.
    @Test func closedOutputsAreNoFailure() throws {
        #expect(try files.train("open").code == 0)
        for closed in [">&-", "2>&-", "<&- >&- 2>&-"] {
            let run = try files.script("rm -rf \"$RUN\"; \"$LAYERSKIP\" train \"$@\" \(closed)", "closed")
            #expect(run.code == 0, "\(closed): \(run.errors)")
            try files.expectSameBits("closed", "open")
            #expect(try files.metrics("closed") == files.metrics("open"))
        }
        let full = try files.script("\"$LAYERSKIP\" train \"$@\" >/dev/full", "open")
        #expect(full.code == 0 && full.errors.contains("note: standard output: expected to write"), "\(full.errors)")
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

    @Test func aFullDiskIsAnErrorAndLeavesTheLastCheckpoint() throws {
        #expect(try files.train("full", "steps=12").code == 0)
        let removal = try files.script("rm -r \"$RUN/checkpoints/step-12\"", "full")
        #expect(removal.code == 0)
        let before = files.names("full/checkpoints")
        #expect(!before.isEmpty)
        // A limit on file sizes simulates a full disk.
        let run = try files.script(
            "trap '' XFSZ; ulimit -f 40; exec \"$LAYERSKIP\" train \"$@\"", "full", ["steps=12"])
        #expect(run.code == 1)
        #expect(run.errors.contains("expected a disk that can be written to, found File too large"), "\(run.errors)")
        #expect(files.names("full/checkpoints") == before)
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
                == "error: \(other): expected a shard of tokens, found a file of another kind\n")
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

/// A tiny model, data and a recipe for it.
struct TrainingFiles {
    private let files: CommandFiles
    /// The model that the recipe starts from.
    var model: String { files.model }
    private let recipe: String
    private let fingerprint: UInt64
    private let vocabularySize: Int

    init() throws {
        files = try CommandFiles()
        let tokenizer = try TokenizerDefinition(ofFile: files.model)
        fingerprint = tokenizer.fingerprint
        vocabularySize = tokenizer.tokens.count
        recipe = files.write(
            """
            output: none
            steps: 6
            threads: 1
            model: {start: \(files.model)}
            data:
              training: \(files.path)/train.tokens
              validation: \(files.path)/validation.tokens
            batch: {sequences: 2, length: 16}
            dropout: {maximum: 0.3}
            exits: {scale: 0.5, curriculum: all}
            validation: {every: 3, batches: 2}
            checkpoints: {every: 2}

            """, as: "recipe.yaml")
        _ = try shard("train.tokens", fingerprint: fingerprint)
        _ = try shard("validation.tokens", fingerprint: fingerprint)
    }

    /// Writes a shard of repeating tokens.
    func shard(
        _ name: String, fingerprint: UInt64? = nil, promptLength: Int = 0, length: Int = 50
    ) throws -> String {
        var writer = try TokenShardWriter(
            path: files.file(name), vocabularySize: vocabularySize, endOfText: 0,
            tokenizerFingerprint: fingerprint ?? self.fingerprint)
        for document in 0..<8 {
            try writer.append(
                (0..<length).map { Int32(3 + ($0 * (document + 1)) % 60) }, promptLength: promptLength)
        }
        try writer.commit()
        return files.file(name)
    }

    func write(_ bytes: [UInt8], as name: String) -> String { files.write(bytes, as: name) }

    func output(_ name: String) -> String { "\(files.path)/\(name)" }

    func names(_ name: String) -> [String] { Folder.names(in: output(name)) }

    /// The steps of a run's checkpoints, ascending.
    func steps(_ run: String) -> [Int] {
        names("\(run)/checkpoints").compactMap { Int($0.dropFirst("step-".count)) }.sorted()
    }

    func train(_ run: String, _ arguments: String..., home: String? = nil) throws -> CommandRun {
        try train(run, arguments, home: home)
    }

    func train(_ run: String, _ arguments: [String], home: String? = nil) throws -> CommandRun {
        let environment = home.map { ["HOME": $0] } ?? [:]
        return try CommandRun(["train", recipe, "output=\(output(run))"] + arguments, environment: environment)
    }

    /// Runs a script with the arguments of `train` and the run's folder in `$RUN`.
    func script(_ script: String, _ run: String, _ arguments: String...) throws -> CommandRun {
        try self.script(script, run, arguments)
    }

    func script(_ script: String, _ run: String, _ arguments: [String]) throws -> CommandRun {
        try CommandRun(
            script: script, [recipe, "output=\(output(run))"] + arguments, environment: ["RUN": output(run)])
    }

    /// A run's measurements without those that depend on time.
    func metrics(_ run: String) throws -> [String] {
        try LineLog.lines(of: output(run) + "/metrics.jsonl").map {
            String(decoding: $0, as: UTF8.self).replacing(/"tokens_per_second":[^,}]*/, with: "")
        }
    }

    func expectSameBits(_ one: String, _ other: String) throws {
        for name in ["model.safetensors", "optimizer.safetensors"] {
            let bytes = try [one, other].map { try Data(contentsOf: URL(filePath: "\(output($0))/newest/\(name)")) }
            #expect(bytes[0] == bytes[1], "\(name)")
        }
    }
}
