import CheckpointFiles
import LanguageModels

/// What a model folder says about text beside `tokenizer.json`: `tokenizer_config.json`, `generation_config.json` and the
/// chat template's own file.
struct TextFiles: Sendable {
    /// `tokenizer_config.json`; nil where there is none.
    var tokenizer: TokenizerConfiguration?
    /// The template of conversations, in Jinja.
    var chatTemplate: String?
    /// `generation_config.json`; nil where there is none.
    var generation: GenerationConfiguration?

    /// Reads what there is of a folder's files.
    ///
    /// - Throws: if one of them says something else than such files do.
    init(_ folder: ModelFolder) throws(CheckpointError) {
        if let path = folder.existingFile(ModelFolder.Name.tokenizerConfiguration) {
            let content: TokenizerConfiguration = try JSONText.read(path)
            tokenizer = content
            chatTemplate = content.chatTemplate?.main
        }
        if let path = folder.existingFile(ModelFolder.Name.chatTemplate) {
            chatTemplate = try TextFile.text(path)
        }
        if let path = folder.existingFile(ModelFolder.Name.generation) {
            generation = try JSONText.read(path)
        }
    }
}

/// `tokenizer_config.json`.
struct TokenizerConfiguration: Codable {
    var tokenizerClass: String?
    var beginningOfText: SpecialToken?
    var endOfText: SpecialToken?
    var unknown: SpecialToken?
    var padding: SpecialToken?
    var addsBeginningOfText: Bool?
    var addsEndOfText: Bool?
    var chatTemplate: Template?
    var cleansUpSpaces: Bool?

    enum CodingKeys: String, CodingKey {
        case tokenizerClass = "tokenizer_class"
        case beginningOfText = "bos_token"
        case endOfText = "eos_token"
        case unknown = "unk_token"
        case padding = "pad_token"
        case addsBeginningOfText = "add_bos_token"
        case addsEndOfText = "add_eos_token"
        case chatTemplate = "chat_template"
        case cleansUpSpaces = "clean_up_tokenization_spaces"
    }

    /// A token's text, alone or in an object with more about it.
    struct SpecialToken: Codable {
        let text: String

        private struct Object: Decodable { let content: String }

        init(_ text: String) { self.text = text }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else {
                text = try container.decode(Object.self).content
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(text)
        }
    }

    /// A template, or several with names.
    struct Template: Codable {
        /// The one for conversations without tools.
        let main: String?

        private struct Named: Decodable {
            let name: String
            let template: String
        }

        init(_ template: String) { main = template }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let template = try? container.decode(String.self) {
                main = template
            } else {
                main = try container.decode([Named].self).first { $0.name == "default" }?.template
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(main)
        }
    }
}

/// `generation_config.json`.
struct GenerationConfiguration: Codable {
    var beginningOfText: Int?
    var endsOfText: OneOrMany?
    var padding: Int?

    enum CodingKeys: String, CodingKey {
        case beginningOfText = "bos_token_id"
        case endsOfText = "eos_token_id"
        case padding = "pad_token_id"
    }
}
