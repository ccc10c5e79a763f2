import CheckpointFiles
import LayerSkip
import TestSupport
import Testing

@Suite("Damaged model folders, and damaged files exported")
struct FolderFuzzTests {
    let folder = TemporaryFolder()

    private func source() throws -> String {
        var tiny = TinyLlamaFile()
        tiny.layers = 1
        tiny.width = 32
        tiny.heads = 2
        tiny.feedForwardWidth = 32
        let path = folder.file("source.gguf")
        try tiny.write(to: path)
        return path
    }

    private static func isExpected(_ error: any Error) -> Bool {
        switch error {
        case is CheckpointError, is FileError, is TokenizerError, is GenerationError: true
        default: false
        }
    }

    private func repeatedly(_ inputs: Int, _ body: (inout Int) throws -> Void) throws {
        var (refused, kept) = (0, 0)
        for _ in 0..<FuzzInputs.count(inputs) {
            do {
                try body(&kept)
            } catch {
                #expect(Self.isExpected(error), "\(error)")
                refused += 1
            }
        }
        #expect(refused > 10 && kept > 0, "\(refused) refused, \(kept) kept")
    }

    /// Damages each file of the folder in turn. The result is an error, or a model that generates.
    @Test(arguments: [
        "config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json", "model.safetensors",
    ])
    func foldersAreRefusedOrWrite(name: String) throws {
        let path = folder.file("folder")
        #expect(try CheckpointExport(path: source(), to: .safetensors).write(to: path))
        let valid = try TextFile.bytes("\(path)/\(name)")
        var mutator = GGUFMutator(valid, headerCount: min(valid.count, 4096), seed: UInt64(valid.count))
        let compute = ComputeContext(kernels: try .selected(), pool: ThreadPool(threads: 1))
        try repeatedly(250) { kept in
            folder.write(mutator.next(), as: "folder/\(name)")
            let model = try TextModel(path: path, on: compute)
            guard model.model.contextLength > 16 else { return }
            let prompt = Array(try model.tokenizer.encode("The hare, 1234 and <|im_end|>").prefix(8))
            guard !prompt.isEmpty else { return }
            _ = try TextSession(model, options: .test(maxTokens: 4)).generate(prompt)
            kept += 1
        }
    }

    /// Exporting a damaged GGUF file is an error without output, or gives a folder and a file that load.
    @Test(arguments: 1...2 as ClosedRange<UInt64>) func damagedFilesAreRefusedOrExported(seed: UInt64) throws {
        let valid = try TextFile.bytes(source())
        var mutator = GGUFMutator(valid, headerCount: min(valid.count, 12_000), seed: seed)
        var number = 0
        try repeatedly(40) { kept in
            let path = folder.write(mutator.next(), as: "damaged.gguf")
            number += 1
            for target in CheckpointExport.Target.allCases {
                let output = folder.file("\(number)-\(target)")
                do {
                    #expect(try CheckpointExport(path: path, to: target, quantizing: .f16).write(to: output))
                } catch {
                    #expect(!folder.contents.contains { $0.hasPrefix("\(number)-\(target)") })
                    throw error
                }
                _ = try StoredModel(ModelFiles(path: output))
            }
            kept += 1
        }
    }
}
