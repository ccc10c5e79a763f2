import TestSupport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Inputs from the golden files of unit tests, which together use every feature of a format.
enum GoldenSeeds {
    private struct TokenizerFile: Decodable {
        let tokenizer: String
    }

    private struct UnigramFiles: Decodable {
        let tokenizers: [String: TokenizerFile]
    }

    /// Files in the format of tokenizer.json.
    static func tokenizerFiles() throws -> [String] {
        let files: [TokenizerFile] = try Goldens.json("tokenizer-files.json")
        let unigram: UnigramFiles = try Goldens.json("unigram.json")
        return (files + unigram.tokenizers.sorted { $0.key < $1.key }.map(\.value)).map(\.tokenizer)
    }

    private struct SentencePieceModels: Decodable {
        struct Model: Decodable {
            let model: Data
        }

        let models: [String: Model]
    }

    /// Files in the format of tokenizer.model.
    static func sentencePieceModels() throws -> [[UInt8]] {
        let golden: SentencePieceModels = try Goldens.json("sentencepiece.json")
        return golden.models.sorted { $0.key < $1.key }.map { Array($0.value.model) }
    }

    private struct Normalizers: Decodable {
        let table: String
    }

    /// SentencePiece's table of replacements in base64.
    static func charsmap() throws -> String {
        let golden: Normalizers = try Goldens.json("normalizers.json")
        return golden.table
    }

    private struct Patterns: Decodable {
        struct Case: Decodable {
            let pattern: String
        }

        let cases: [Case]
        let refused: [String]
    }

    /// Regular expressions, with those that are refused.
    static func patterns() throws -> [String] {
        let golden: Patterns = try Goldens.json("patterns.json")
        return golden.cases.map(\.pattern) + golden.refused
    }

    private struct Template: Decodable {
        let template: String
    }

    private struct ChatTemplates: Decodable {
        let templates: [Template]
    }

    /// Templates in Jinja: single constructs, then whole chat templates.
    static func templates() throws -> [String] {
        let snippets: [Template] = try Goldens.json("jinja-snippets.json")
        let chats: ChatTemplates = try Goldens.json("chat-templates.json")
        return (snippets + chats.templates).map(\.template)
    }
}
