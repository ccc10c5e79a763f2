import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

@testable import LayerSkipCommand

@Suite("notes of train")
struct TrainNotesTests {
    private let files: TrainingFiles

    init() throws { files = try TrainingFiles() }

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
}
