import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

/// Runs whose model or tokenizer was moved away after they began.
@Suite("Missing starts")
struct MissingStartTests {
    private let files: TrainingFiles

    init() throws { files = try TrainingFiles() }

    private func json(_ path: String) throws -> NSDictionary {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
        return try #require(object as? NSDictionary)
    }

    /// Stops a run after step 2, and removes the file that it starts from.
    private func stop(_ run: String, missing path: String, _ arguments: [String]) throws {
        #expect(try files.train(run, arguments).code == 0)
        let folder = files.output(run)
        for step in [4, 6] { try FileManager.default.removeItem(atPath: "\(folder)/checkpoints/step-\(step)") }
        try FileManager.default.removeItem(atPath: path)
    }

    @Test(arguments: ["tiny.gguf", "folder", "tokenizer.json"])
    func aRunResumesFromItsCheckpointAlone(start: String) throws {
        let path = files.output(start)
        var arguments = ["checkpoints.keep=3"]
        switch start {
        case "tiny.gguf": break
        case "folder":
            #expect(try CommandRun(["export", files.model, "--to", "safetensors", "--output", path]).code == 0)
            arguments.append("model.start=\(path)")
        default:
            // A model with random weights, and the tokenizer of another run's checkpoint.
            #expect(try files.train("other").code == 0)
            try FileManager.default.copyItem(atPath: files.output("other/newest/tokenizer.json"), toPath: path)
            arguments += [
                "model.start=random", "model.tokenizer=\(path)", "model.layers=4", "model.width=8", "model.heads=2",
                "model.feed_forward=8",
            ]
        }
        #expect(try files.train("whole", arguments).code == 0)
        try stop("parts", missing: path, arguments)
        let resumed = try files.train("parts", arguments)
        #expect(resumed.code == 0, "\(resumed.errors)")
        let key = start == "tokenizer.json" ? "model.tokenizer" : "model.start"
        let checkpoint = "\(files.output("parts"))/checkpoints/step-2"
        let note = "note: \(key): nothing at \(path); what was read from it is taken from \(checkpoint)\n"
        #expect(resumed.errors.hasPrefix(note), "\(resumed.errors)")
        try files.expectSameBits("parts", "whole")
        for name in ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"] {
            let (one, other) = (files.output("parts/newest/\(name)"), files.output("whole/newest/\(name)"))
            #expect(try json(one) == json(other), "\(name)")
        }
        // Without a checkpoint the run cannot begin.
        let begun = try files.train("new", arguments)
        #expect(begun.code == 1)
        #expect(begun.errors.hasPrefix("error: \(path): expected "), "\(begun.errors)")
    }

    @Test func whatTheCheckpointLacksIsNamed() throws {
        try stop("parts", missing: files.model, ["checkpoints.keep=3"])
        let tokenizer = "\(files.output("parts"))/checkpoints/step-2/tokenizer.json"
        try FileManager.default.removeItem(atPath: tokenizer)
        let run = try files.train("parts", "checkpoints.keep=3")
        #expect(run.code == 1)
        #expect(run.errors.hasPrefix("error: \(tokenizer): expected a readable "), "\(run.errors)")
        #expect(
            run.errors.contains("(model.start is gone too: to resume, put \(files.model) back), found No such file"))
        // Another path may be another model.
        let other = try files.train("parts", "checkpoints.keep=3", "model.start=default")
        #expect(other.code == 1)
    }

    @Test func anotherPathIsRefusedWithAdvice() throws {
        #expect(try files.train("a").code == 0)
        let moved = files.output("moved.gguf")
        try FileManager.default.moveItem(atPath: files.model, toPath: moved)
        let run = try files.train("a", "model.start=\(moved)")
        #expect(run.code == 1)
        #expect(
            run.errors.contains("(model.start=\(files.model) resumes it, even if that model no longer exists)"),
            "\(run.errors)")
    }
}
