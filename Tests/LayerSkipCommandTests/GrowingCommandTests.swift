import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

@testable import LayerSkipCommand

@Suite("train with more layers")
struct GrowingCommandTests {
    private let files: TrainingFiles

    init() throws { files = try TrainingFiles() }

    private let arguments = ["model.layers=6", "freeze.layers=0-3", "freeze.embedding=true", "exits.layers=[3]"]

    @Test(arguments: ["copy", "random", "identity"]) func runsResumeToTheSameBits(_ layers: String) throws {
        let arguments = arguments + ["model.new_layers=\(layers)"]
        for run in ["whole", "parts"] {
            let result = try files.train(run, arguments)
            #expect(result.code == 0, "\(result.errors)")
            #expect(result.errors.contains("note: model.layers: the layers from 4 to 5 are new: "), "\(result.errors)")
        }
        #expect(try files.script("rm -r \"$RUN/checkpoints/step-6\"", "parts").code == 0)
        #expect(try files.train("parts", arguments).code == 0)
        try files.expectSameBits("whole", "parts")
        // The checkpoint has the new depth.
        let grown = files.output("whole") + "/newest"
        #expect(try Checkpoint(path: grown).configuration.layerCount == 6)
        #expect(try CommandRun(["generate", "--model", grown, "the", "--max-tokens", "4"]).code == 0)
        // All layers are trained at last.
        #expect(try files.train("last", "model.start=\(grown)").code == 0)
        // A run resumes also without its start.
        #expect(try files.script("rm -r \"$RUN/checkpoints/step-6\"; rm -r \"$RUN/../whole\"", "last").code == 0)
        #expect(try files.train("last", "model.start=\(grown)").code == 0)
    }

    @Test func otherLayersAreRefused() throws {
        let fewer = try files.train("a", "model.layers=2")
        #expect(
            fewer.errors.hasPrefix("error: model.layers=2: model.layers: expected at least the 4 layers of "),
            "\(fewer.errors)")
        #expect(try files.train("a", arguments).code == 0)
        let more = try files.train("a", arguments + ["model.layers=7"])
        #expect(more.errors.contains("model.layers: expected 6, as when the run began, found 7"), "\(more.errors)")
    }
}
