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

    @Test func dataAndRecipesNameTheirTokenizer() throws {
        let files = try CommandFiles()
        let path = try store(files.model)
        let text = files.write(String(repeating: "a text, and another one\n", count: 99), as: "a.txt")
        let shard = files.file("a.tokens")
        func prepared(by tokenizer: String) throws -> [UInt8] {
            let command = ["prepare-data", text, "--tokenizer", tokenizer, "--output", shard]
            let run = try CommandRun(command, environment: environment)
            #expect(run.code == 0, "\(run.errors)")
            return try TextFile.bytes(shard)
        }
        #expect(try prepared(by: "owner/tiny") == prepared(by: path))
        let recipe = files.write(
            """
            output: \(files.file("run"))
            steps: 1
            model: {start: random, tokenizer: owner/tiny, layers: 2, width: 64, feed_forward: 64, heads: 2}
            data: {training: \(shard)}
            batch: {sequences: 1, length: 16}
            validation: {every: 0}
            """, as: "recipe.yaml")
        let run = try CommandRun(["train", recipe], environment: environment)
        #expect(run.code == 0, "\(run.errors)")
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
