/// `tokenizer_config.json`.
struct TokenizerConfiguration: Codable {
    var tokenizerClass: String?
    var beginningOfText: SpecialToken?
    var endOfText: SpecialToken?
    var unknown: SpecialToken?
    var padding: SpecialToken?
    var addsBeginningOfText: Bool?
    var addsEndOfText: Bool?
    var addsPrefixSpace: Bool?
    var chatTemplate: Template?
    var cleansUpSpaces: Bool?
    var addedTokens: [String: AddedTokenEntry]?
    var furtherSpecial: Names?
    /// What `furtherSpecial` was called before transformers 5.
    var olderFurtherSpecial: Names?
    var splitsSpecialTokens: Bool?

    enum CodingKeys: String, CodingKey {
        case tokenizerClass = "tokenizer_class"
        case beginningOfText = "bos_token"
        case endOfText = "eos_token"
        case unknown = "unk_token"
        case padding = "pad_token"
        case addsBeginningOfText = "add_bos_token"
        case addsEndOfText = "add_eos_token"
        case addsPrefixSpace = "add_prefix_space"
        case chatTemplate = "chat_template"
        case cleansUpSpaces = "clean_up_tokenization_spaces"
        case addedTokens = "added_tokens_decoder"
        case furtherSpecial = "extra_special_tokens"
        case olderFurtherSpecial = "additional_special_tokens"
        case splitsSpecialTokens = "split_special_tokens"
    }

    /// With the special tokens of another file where this one names none.
    func completed(by other: TokenizerConfiguration) -> TokenizerConfiguration {
        var result = self
        result.beginningOfText = beginningOfText ?? other.beginningOfText
        result.endOfText = endOfText ?? other.endOfText
        result.unknown = unknown ?? other.unknown
        result.padding = padding ?? other.padding
        result.furtherSpecial = furtherSpecial ?? other.furtherSpecial
        result.olderFurtherSpecial = olderFurtherSpecial ?? other.olderFurtherSpecial
        return result
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
