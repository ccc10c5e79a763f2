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
        let trained = try files.train(
            "run", "exits.block=true", "exits.layers=[2]", "exits.target=model", "exits.train_last=false",
            "freeze.trunk=true", "dropout.maximum=0")
        #expect(trained.code == 0, "\(trained.errors)")
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

    @Test func anExitBlockOfAnotherModelIsRefused() throws {
        let path = files.output("model.gguf")
        try FileManager.default.copyItem(atPath: files.model, toPath: path)
        _ = files.write(Array("GGUF".utf8), as: "model.gguf.exit-block")
        let run = try CommandRun(["generate", "the", "--model", path])
        #expect(run.code == 1 && run.errors.contains("model.gguf.exit-block"), "\(run.errors)")
        #expect(try CommandRun(["generate", "the", "--model", path, "--without-exit-block"]).code == 0)
    }
}
