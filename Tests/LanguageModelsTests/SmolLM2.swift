import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

/// SmolLM2-135M-Instruct, and PyTorch's results with its weights in f32.
struct SmolLM2 {
    struct Golden: Decodable {
        let sampledIds: [Int]
        let prompts: [Prompt]
        let pages: [Page]
    }

    struct Prompt: Decodable {
        let name: String
        let tokens: [Token]
        let positions: [Int]
        let logits: [[Float]]
        let greedy: [Token]
        let lastRow: String?
    }

    struct Page: Decodable {
        struct Exit: Decodable {
            let layers: Int
            let meanNll: Double
        }
        let file: String
        let tokens: [Token]
        let exits: [Exit]
    }

    /// Whether its tests should run.
    static var isWanted: Bool { Fixtures.smolLM2 != nil || Fixtures.required }

    static func golden() throws -> Golden { try Goldens.json("smollm2.json") }

    private static func file() throws -> GGUFFile {
        try GGUFFile(path: #require(Fixtures.smolLM2, "Scripts/fetch-smollm2 fetches it"))
    }

    /// The model with the file's own weights, mostly Q4_1.
    static func asStored() throws -> LoadedModel { try LoadedModel(file(), on: ComputeContext()) }

    /// The model with its weights in F32.
    static func inF32() throws -> Transformer {
        let file = try file()
        let stored = try StoredModel(ModelFiles(file)).dequantized
        return try Transformer(stored, on: ComputeContext())
    }
}
