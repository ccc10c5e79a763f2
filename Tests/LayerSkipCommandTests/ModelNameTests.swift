import CheckpointFiles
import CommandTesting
import LayerSkip
import TestSupport
import Testing

@Suite struct ModelNameTests {
    private let folder = TemporaryFolder()
    private var environment: [String: String] {
        ["HF_HOME": folder.path, "HF_HUB_CACHE": "", "HF_TOKEN": "", "HF_HUB_OFFLINE": "1"]
    }

    /// Stores a model as Python's `huggingface_hub` does, and returns its path.
    private func store(_ model: String) throws -> String {
        let commit = String(repeating: "a", count: 40)
        let repository = "\(folder.path)/hub/models--owner--tiny"
        for name in ["blobs", "refs", "snapshots/\(commit)"] { try Folder.make("\(repository)/\(name)") }
        try TextFile.write(TextFile.bytes(model), to: "\(repository)/blobs/hash")
        try TextFile.write(Array(commit.utf8), to: "\(repository)/refs/main")
        let path = "\(repository)/snapshots/\(commit)/tiny-F32.gguf"
        try Folder.makeLink(path, to: "../../blobs/hash")
        return path
    }

    @Test func aModelInTheCacheIsFoundByName() throws {
        let files = try CommandFiles()
        let path = try store(files.model)
        func file(_ model: String) throws -> String? {
            let run = try CommandRun(["inspect", model, "--format", "json"], environment: environment)
            return try run.json["file"] as? String
        }
        for name in ["owner/tiny", "owner/tiny:f32", "owner/tiny:tiny-F32.gguf", "owner/tiny@main"] {
            #expect(try file(name) == path)
        }
        let models = try CommandRun(["models", "--format", "json"], environment: environment)
        #expect(models.output.contains("\"name\" : \"owner/tiny:tiny-F32.gguf\""))
        #expect(models.output.contains("\"cannot_run\" : null"))
        let removal = try CommandRun(["models", "remove", "owner/tiny:F32"], environment: environment)
        #expect(removal.code == 0, "\(removal.errors)")
        #expect(Folder.names(in: "\(folder.path)/hub") == [])
        withExtendedLifetime(files) {}
    }

    @Test func anyOtherNameIsAnErrorThatSaysWhatToDo() throws {
        let run = try CommandRun(["inspect", "owner/none"], environment: environment)
        #expect(run.code == 1)
        #expect(run.errors.hasPrefix("error: owner/none: expected "))
        #expect(run.errors.contains(ModelFinder.canDownload ? "HF_HUB_OFFLINE" : "--traits Hub, or Scripts/install"))
        #expect(try CommandRun(["models", "remove", "owner/none"], environment: environment).code == 1)
        #expect(try CommandRun(["models", "remove", "none"], environment: environment).code == 2)
    }

    @Test func theVersionNamesTheBuild() throws {
        let run = try CommandRun(["--version"], environment: ["LAYERSKIP_KERNELS": "scalar"])
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        #expect(lines.first == layerSkipVersion)
        #expect(lines.contains("kernels  scalar"))
        #expect(lines.last?.hasPrefix("traits   \(ModelFinder.canDownload ? "Hub" : "none")") == true)
    }
}
