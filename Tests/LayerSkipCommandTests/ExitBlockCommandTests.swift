import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

/// An exit block from training to the commands that use it.
@Suite("Exit blocks on the command line")
struct ExitBlockCommandTests {
    private let files: TrainingFiles

    init() throws { files = try TrainingFiles() }

    @Test func aTrainedBlockGoesWithItsModel() throws {
        let trained = try files.train("run", block)
        #expect(trained.code == 0, "\(trained.errors)")
        // It takes long for a large model, so it is said; a finished run fits nothing.
        let fitting = "fitting the exit block's matrix to "
        #expect(trained.errors.contains(fitting))
        #expect(try !files.train("run", block).errors.contains(fitting))
        let checkpoint = files.output("run") + "/newest"
        let gguf = files.output("model.gguf")
        let exported = try CommandRun(["export", checkpoint, "--to", "gguf", "--output", gguf])
        #expect(exported.code == 0, "\(exported.errors)")
        #expect(FileManager.default.fileExists(atPath: gguf + ".exit-block"))
        let plain = files.output("plain.gguf")
        #expect(
            try CommandRun(["export", checkpoint, "--to", "gguf", "--output", plain, "--without-exit-block"]).code == 0)
        #expect(!FileManager.default.fileExists(atPath: plain + ".exit-block"))

        func output(_ arguments: String...) throws -> String {
            let run = try CommandRun(arguments)
            #expect(run.code == 0, "\(arguments): \(run.errors)")
            return run.output
        }
        // The model is the one that the run began with, and the exit is another.
        let text = ["generate", "the hare", "--max-tokens", "12", "--strategy"]
        func generate(_ model: String, _ arguments: String...) throws -> String {
            let run = try CommandRun(text + arguments + ["--model", model])
            #expect(run.code == 0, "\(arguments): \(run.errors)")
            return run.output
        }
        for strategy in ["plain", "auto", "self-speculative"] {
            #expect(try generate(gguf, strategy) == generate(files.model, "plain"))
        }
        let early = try generate(gguf, "early-exit", "--exit-layer", "2")
        #expect(try generate(checkpoint, "early-exit", "--exit-layer", "2") == early)
        #expect(
            try generate(gguf, "early-exit", "--exit-layer", "2", "--without-exit-block")
                == generate(plain, "early-exit", "--exit-layer", "2"))

        let prompts = files.write(Array("{\"prompt\": \"the hare\"}\n".utf8), as: "prompts.jsonl")
        _ = try output(
            "verify", "--model", gguf, "--prompts", prompts, "--exit-layers", "1,2,3", "--draft-lengths", "3",
            "--max-tokens", "12")
        #expect(try output("inspect", gguf).contains("exit block     at exit 2, in a file of its own"))
        #expect(try output("inspect", gguf).contains("exit_blk.attn_q.weight"))
        #expect(try !output("inspect", plain).contains("exit block"))

        let page = files.write(Array("the hare and the hatter in the morning".utf8), as: "page.txt")
        func losses(_ arguments: String...) throws -> [Double] {
            let run = try CommandRun(["evaluate", "--text", page, "--format", "json", "--model"] + arguments)
            return try #require(try run.json["layers"] as? [[String: Any]]).compactMap { $0["nll"] as? Double }
        }
        let (with, without) = (try losses(gguf), try losses(gguf, "--without-exit-block"))
        #expect(with.count == 4 && zip(with, without).map { $0 == $1 } == [true, false, true, true])
        #expect(try losses(plain) == without)
    }

    /// The arguments that train a block at exit 2 and nothing else.
    private let block = [
        "exits.block=true", "exits.layers=[2]", "exits.target=model", "exits.train_last=false", "freeze.trunk=true",
        "dropout.maximum=0",
    ]

    /// Commands that need an exit layer take that of the block, unless it is left out.
    @Test func commandsKnowTheExitOfABlock() throws {
        #expect(try files.train("run", block).code == 0)
        let model = files.output("run") + "/newest"
        let prompts = files.write(Array("{\"prompt\": \"the hare\"}\n".utf8), as: "prompts.jsonl")
        let measured = ["--model", model, "--prompts", prompts, "--max-tokens", "8"]
        let benchmark = try CommandRun(
            ["benchmark", "--strategy", "self-speculative", "--rounds", "1", "--format", "json"] + measured)
        #expect(benchmark.code == 0, "\(benchmark.errors)")
        #expect(try benchmark.json["exit_layer"] as? Int == 2)
        let verified = try CommandRun(["verify", "--strategy", "self-speculative"] + measured)
        #expect(verified.code == 0, "\(verified.errors)")
        let page = files.write(Array("the hare and the hatter in the morning".utf8), as: "page.txt")
        let approximated = try CommandRun(["approximate", "--model", model, "--text", page])
        #expect(approximated.code == 0, "\(approximated.errors)")
        let without = try CommandRun(
            ["verify", "--strategy", "self-speculative", "--without-exit-block"] + measured)
        #expect(without.code == 1 && without.errors.contains("--exit-layers"), "\(without.errors)")

        let tuned = try CommandRun(["tune", "--save", "--without-exit-block"] + measured)
        #expect(tuned.code == 1 && tuned.errors.contains("the model with its exit block"), "\(tuned.errors)")
        let noted = try CommandRun(["generate", "the", "--model", files.model, "--without-exit-block"])
        #expect(noted.code == 0 && noted.errors.contains("has no exit block"), "\(noted.errors)")
    }

    /// What a run does with the block of its start is said, unless the block goes on learning.
    @Test func aRunSaysThatABlockIsNotUsed() throws {
        #expect(try files.train("run", block).code == 0)
        let start = files.output("run") + "/newest"
        let note = "the exit block of \(start), at exit 2, is not used: "
        let plain = try files.train("plain", ["model.start=\(start)", "steps=2"])
        #expect(plain.code == 0 && plain.errors.contains(note + "the run leaves it out"), "\(plain.errors)")
        let other = try files.train("other", block + ["model.start=\(start)", "steps=2", "exits.layers=[3]"])
        #expect(other.code == 0 && other.errors.contains(note + "exit 3 gets a new one"), "\(other.errors)")
        let same = try files.train("same", block + ["model.start=\(start)", "steps=2"])
        #expect(same.code == 0 && !same.errors.contains("exit block"), "\(same.errors)")

        // A block that cannot be read is an error only where it would be used.
        try Data("damaged".utf8).write(to: URL(filePath: start + "/exit-block.safetensors"))
        #expect(try files.train("plain-2", ["model.start=\(start)", "steps=2"]).code == 0)
        let refused = try files.train("other-2", block + ["model.start=\(start)", "steps=2", "exits.layers=[3]"])
        #expect(refused.code == 1 && refused.errors.contains("exit-block.safetensors"), "\(refused.errors)")
    }

    @Test func anExitBlockOfAnotherModelIsRefused() throws {
        let path = files.output("model.gguf")
        try FileManager.default.copyItem(atPath: files.model, toPath: path)
        _ = files.write(Array("GGUF".utf8), as: "model.gguf.exit-block")
        let run = try CommandRun(["generate", "the", "--model", path])
        #expect(run.code == 1 && run.errors.contains("model.gguf.exit-block"), "\(run.errors)")
        #expect(try CommandRun(["generate", "the", "--model", path, "--without-exit-block"]).code == 0)
    }
}
