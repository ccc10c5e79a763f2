import CheckpointFiles
import TestSupport
import Testing

@Suite("Folders without model.safetensors")
struct FolderContentsTests {
    @Test(
        arguments: [
            (["pytorch_model.bin"], "only PyTorch's pickle format (\"pytorch_model.bin\"); convert it to safetensors"),
            (
                ["pytorch_model-00001-of-00002.bin", "pytorch_model.bin.index.json"],
                "only PyTorch's pickle format (\"pytorch_model-00001-of-00002.bin\"); convert it"
            ),
            (["model.pt"], "only PyTorch's pickle format (\"model.pt\")"),
            (["consolidated.00.pth", "params.json"], "the original layout of Llama (\"consolidated.00.pth\")"),
            (
                ["a.gguf", "b.gguf", "pytorch_model.bin"],
                "GGUF files, which are models of their own; pass one of them: "
            ),
            (["a-00001-of-00002.gguf", "a-00002-of-00002.gguf"], "the parts of a split GGUF file; pass the first one, "),
            (["model-00001-of-00002.safetensors"], "other safetensors files (\"model-00001-of-00002.safetensors\")"),
            (["README.md"], "neither; pass a GGUF file or a folder"), ([], "neither; pass a GGUF file or a folder"),
        ] as [([String], String)]) func areErrorsThatSayWhatIsThere(names: [String], found: String)
    {
        let folder = TemporaryFolder()
        for name in names { folder.write([0], as: name) }
        let error = #expect(throws: CheckpointError.self) { try ModelFolder(path: folder.path) }
        #expect(error?.file == folder.path)
        #expect(error?.expected == "a folder with model.safetensors or model.safetensors.index.json")
        #expect(error?.found.hasPrefix(found) == true, "\(error as Any)")
    }
}
