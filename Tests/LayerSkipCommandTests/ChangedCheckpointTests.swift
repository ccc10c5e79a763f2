import CommandTesting
import Foundation
import Testing

/// A checkpoint in which a bit of a number changed on disk.
@Suite("Changed checkpoints")
struct ChangedCheckpointTests {
    @Test(arguments: ["model.safetensors", "optimizer.safetensors"])
    func theCheckpointBeforeOneWithAChangedNumberResumes(name: String) throws {
        let files = try TrainingFiles()
        #expect(try files.train("whole").code == 0)
        #expect(try files.train("changed").code == 0)
        let folder = files.output("changed") + "/checkpoints/step-6"
        let path = "\(folder)/\(name)"
        var bytes = try Data(contentsOf: URL(filePath: path))
        // The lowest bit of the last number, so that the number stays plausible.
        bytes[bytes.count - 4] ^= 1
        try bytes.write(to: URL(filePath: path))

        let resumed = try files.train("changed")
        #expect(resumed.code == 0, "\(resumed.errors)")
        #expect(
            resumed.errors.contains("resuming after step 4\nnote: \(path): expected the content that was saved"),
            "\(resumed.errors)")
        #expect(resumed.errors.contains("checkpoints/damaged-step-6"))
        try files.expectSameBits("changed", "whole")
    }

    @Test func theCheckpointBeforeOneWithACutConfigurationResumes() throws {
        let files = try TrainingFiles()
        #expect(try files.train("whole").code == 0)
        #expect(try files.train("cut").code == 0)
        let path = files.output("cut") + "/checkpoints/step-6/config.json"
        let bytes = try Data(contentsOf: URL(filePath: path))
        try bytes.prefix(bytes.count / 2).write(to: URL(filePath: path))

        let resumed = try files.train("cut")
        #expect(resumed.code == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("checkpoints/damaged-step-6"), "\(resumed.errors)")
        try files.expectSameBits("cut", "whole")
    }
}
