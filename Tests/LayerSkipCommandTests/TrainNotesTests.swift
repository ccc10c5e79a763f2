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
        let windows =
            "training on 25 sequences of 16 tokens, made of windows (data.packing: windows), "
            + "without a mask (data.mask: none)\n"
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

    @Test func validationDocumentsThatAreTrainedOnAreCounted() throws {
        let note = "note: data.validation: 8 of 8 documents are also in data.training, so the loss may be too low"
        #expect(try !files.train("apart").errors.contains("also in data.training"))
        // The same documents as the training data's, in a file of other content.
        let same = try files.shard("same.tokens", promptLength: 2)
        let mixed = try files.train("mixed", "data.validation=\(same)", "data.packing=windows")
        #expect(mixed.code == 0 && mixed.errors.contains(note), "\(mixed.errors)")
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
        #expect(
            try errors("exits.scale=0", "exits.curriculum=none", "exits.target=model").hasSuffix(
                "note: exits.target: no effect, since no early exit is trained\n"))
        #expect(
            try errors("exits.target=model", "exits.text_share=0.25").hasSuffix(
                "note: exits.text_share: no effect, since exits.target is model and not mixed\n"))
        #expect(
            try errors("validation=none", "validation.patience=2", "samples.prompts=a").hasSuffix(
                "note: validation.patience: no effect, since there is no validation\n"
                    + "note: samples.prompts: no effect, since there is no validation\n"))
        #expect(
            try errors("optimizer.decay=constant", "optimizer.decay_steps=2", "optimizer.minimum=0").contains(
                "note: optimizer.decay_steps: no effect, since optimizer.decay is constant\n"
                    + "note: optimizer.minimum: no effect, since optimizer.decay is constant\n"))
        #expect(
            try errors("exits.layers=[4]").hasSuffix(
                "note: exits.layers: names only the last layer, so no early exit is trained\n"))
        #expect(try !errors("exits.layers=[3]").contains("exits.layers"))
        #expect(try !errors().contains("no effect"))
        #expect(try !errors("exits.scale=0", "exits.curriculum=none").contains("no effect"))
    }

    /// Messages are answered as `generate --chat` answers them, and prompts continued as `generate` does.
    @Test func samplesAreThoseOfGenerate() throws {
        let conversation = #"[{"role": "system", "content": "S"}, {"role": "user", "content": "Hi"}]"#
        let run = try files.train(
            "a", "samples.prompts=the", "samples.messages=[Hello, '\(conversation)']", "samples.tokens=6",
            "validation.every=6")
        #expect(run.code == 0, "\(run.errors)")
        let last = try #require(try files.metrics("a").last { $0.contains("\"samples\"") })
        let object = try #require(try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
        let samples = try #require(object["samples"] as? [[String: String]])
        #expect(samples.map { $0["prompt"] } == ["the", "Hello\n", "S\nHi\n"])
        let model = files.output("a") + "/newest"
        let options = ["--model", model, "--max-tokens", "6", "--strategy", "plain", "--cache-format", "f32"]
        let expected = [["the"], ["--chat", "Hello"], ["--chat", "Hi", "--system", "S"]]
        for (sample, arguments) in zip(samples, expected) {
            let text = try CommandRun(["generate", "--format", "json"] + arguments + options).json["text"] as? String
            #expect(sample["text"] == text, "\(arguments)")
        }
    }

    @Test func samplesThatCannotBeWrittenAreErrorsAtTheStart() throws {
        func error(_ arguments: String...) throws -> String {
            let run = try files.train("b", arguments)
            #expect(run.code == 1 && files.names("b").isEmpty, "\(run.errors)")
            return run.errors
        }
        let long = String(repeating: "x", count: 600)
        let limit = "expected texts of 1 to 511 tokens, since the model's context has 512, found"
        #expect(try error("samples.prompts=\(long)").contains("samples.prompts: \(limit) 600 tokens for \"xxx"))
        #expect(try error("samples.messages=\(long)").contains("samples.messages: \(limit)"))
        let answered = #"[{"role": "assistant", "content": "a"}]"#
        #expect(try error("samples.messages='\(answered)'").contains("a last message that the model can answer"))
        #expect(try error("samples.messages='[{]'").contains("samples.messages: "))
        let noRole = try error("samples.messages='[{\"role\": 1}]'")
        #expect(noRole.contains("samples.messages: expected messages[0].role: a string"), "\(noRole)")
    }

    @Test func promptsAreNotScoredByDefault() throws {
        let pairs = try files.shard("pairs.tokens", promptLength: 12)
        let others = try files.shard("other-pairs.tokens", promptLength: 12, shift: 1)
        let data = ["data.training=\(pairs)", "data.validation=\(others)", "batch.length=60", "validation.batches=9"]
        let run = try files.train("pairs", data)
        #expect(run.errors.hasPrefix("training on 8 sequences of 60 tokens, made of whole documents"), "\(run.errors)")
        #expect(run.errors.contains("each document by itself (data.mask: document)\n"))
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
        let masked = try files.train("windows", data + ["data.mask=document"])
        #expect(masked.errors.hasSuffix("data.mask: expected none, as when the run began, found document\n"))
    }

    /// A run of an older version has no mask, and keeps its layout.
    @Test func olderRunsResumeWithoutAMask() throws {
        let pairs = try files.shard("pairs.tokens", promptLength: 12)
        let others = try files.shard("other-pairs.tokens", promptLength: 12, shift: 1)
        let data = ["data.training=\(pairs)", "data.validation=\(others)", "batch.length=60"]
        let first = try files.train("old", data + ["data.mask=none"])
        #expect(first.code == 0, "\(first.errors)")
        let script = "rm -r \"$RUN/checkpoints/step-6\"; sed -i '/\"data.mask\"/d' \"$RUN\"/checkpoints/*/state.json"
        #expect(try files.script(script, "old").code == 0)
        let resumed = try files.train("old", data)
        #expect(resumed.code == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("whole documents (data.packing: documents), without a mask"))
        #expect(files.steps("old").last == 6)
        #expect(try files.script("rm -r \"$RUN/checkpoints/step-6\"", "old").code == 0)
        #expect(try files.train("old", data + ["data.mask=document"]).errors.contains("data.mask: expected none"))
    }

    @Test func validationDataIsNotTrainingData() throws {
        let data = try files.shard("a.tokens")
        let copy = try files.shard("copy.tokens")
        func errors(_ training: String, _ validation: String) throws -> String {
            try files.train("same", "data.training=\(training)", "data.validation=\(validation)", "--dry-run").errors
        }
        let rule = "data.validation: expected data that is not trained on, unlike"
        let same = try errors(data, data)
        #expect(same.contains("\(rule) \(data) (") && same.contains("found a file of data.training"), "\(same)")
        let equal = try errors(data, copy)
        #expect(equal.contains("\(rule) \(copy) (") && equal.contains("found the content of /"), "\(equal)")
        #expect(files.names("same").isEmpty)
    }

    @Test func foldersPatternsAndWeightsChooseData() throws {
        #expect(try files.script("mkdir \"$RUN\"", "shards").code == 0)
        for (index, name) in ["a.tokens", "b.tokens", "c1.tokens"].enumerated() {
            _ = try files.shard("shards/\(name)", length: 31 + index)
        }
        let folder = files.output("shards")
        func first(_ arguments: String...) throws -> String {
            let run = try files.train("chosen", arguments + ["data.packing=documents", "batch.length=40", "--dry-run"])
            #expect(run.code == 0, "\(run.errors)")
            return String(run.errors.prefix { $0 != "," })
        }
        #expect(try first("data.training=\(folder)") == "training on 24 sequences of 40 tokens")
        #expect(try first("data.training=\(folder)/[ab].tokens") == "training on 16 sequences of 40 tokens")
        let list = "data.training=['\(folder)/[ab].tokens', \(folder)/c1.tokens]"
        #expect(try first(list, "data.weights=[1, 3]") == "training on 24 sequences of 40 tokens")
        // A resumed run mixes the same shards: those of other entries would be another order.
        let short = ["data.packing=documents", "batch.length=40", "optimizer.decay=constant", "data.weights=[1, 3]"]
        #expect(try files.train("mixed", short + [list, "steps=2"]).code == 0)
        let other = "data.training=[\(folder)/a.tokens, '\(folder)/[bc]*.tokens']"
        let moved = try files.train("mixed", short + [other, "steps=4"])
        #expect(
            moved.errors.contains(
                "data.training: expected entries of 2 shards, 1 shard for data.weights, as when the run began, found "
                    + "entries of 1 shard, 2 shards"), "\(moved.errors)")
        #expect(try files.train("mixed", short + [list, "steps=4"]).code == 0)
        let none = try files.train("chosen", "data.training=\(folder)/*.txt", "--dry-run")
        #expect(none.errors.contains("data.training: expected at least one file that matches \(folder)/*.txt"))
        let wrong = try files.train("chosen", "data.training=\(folder)", "data.weights=[1, 3]", "--dry-run")
        #expect(
            wrong.errors.contains("data.weights: expected one number, for the only entry of data.training, found 2"))
    }
}
