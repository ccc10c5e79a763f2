import TextTokens

/// `tokenizer_config.json`.
struct TokenizerConfiguration: Codable {
    var tokenizerClass: String?
    var beginningOfText: SpecialToken?
    var endOfText: SpecialToken?
    var unknown: SpecialToken?
    var padding: SpecialToken?
    var separator: SpecialToken?
    var classification: SpecialToken?
    var mask: SpecialToken?
    var addsBeginningOfText: Bool?
    var addsEndOfText: Bool?
    var addsPrefixSpace: Bool?
    var chatTemplate: Template?
    var cleansUpSpaces: Bool?
    var addedTokens: [String: AddedTokenEntry]?
    /// `extra_special_tokens`, or its name before transformers 5: `additional_special_tokens`.
    var furtherSpecial: Names? { newerFurtherSpecial ?? olderFurtherSpecial }
    private var newerFurtherSpecial: Names?
    private var olderFurtherSpecial: Names?
    var splitsSpecialTokens: Bool?

    enum CodingKeys: String, CodingKey {
        case tokenizerClass = "tokenizer_class"
        case beginningOfText = "bos_token"
        case endOfText = "eos_token"
        case unknown = "unk_token"
        case padding = "pad_token"
        case separator = "sep_token"
        case classification = "cls_token"
        case mask = "mask_token"
        case addsBeginningOfText = "add_bos_token"
        case addsEndOfText = "add_eos_token"
        case addsPrefixSpace = "add_prefix_space"
        case chatTemplate = "chat_template"
        case cleansUpSpaces = "clean_up_tokenization_spaces"
        case addedTokens = "added_tokens_decoder"
        case newerFurtherSpecial = "extra_special_tokens"
        case olderFurtherSpecial = "additional_special_tokens"
        case splitsSpecialTokens = "split_special_tokens"
    }

    /// Returns the configuration with the special tokens of another file, which take precedence.
    func overridden(by other: TokenizerConfiguration) -> TokenizerConfiguration {
        var result = self
        result.beginningOfText = other.beginningOfText ?? beginningOfText
        result.endOfText = other.endOfText ?? endOfText
        result.unknown = other.unknown ?? unknown
        result.padding = other.padding ?? padding
        result.separator = other.separator ?? separator
        result.classification = other.classification ?? classification
        result.mask = other.mask ?? mask
        let texts = (furtherSpecial?.texts ?? []) + (other.furtherSpecial?.texts ?? [])
        result.newerFurtherSpecial = texts.isEmpty ? nil : Names(texts)
        return result
    }

    /// A token's text, alone or in an object with more properties.
    struct SpecialToken: Codable {
        let text: String
        /// How the token treats the text around it.
        private(set) var flags: MatchingFlags = []

        init(_ text: String) { self.text = text }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else {
                let object = try container.decode(AddedTokenEntry.self)
                text = object.content
                flags = object.flags.subtracting(.normalized)
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(text)
        }
    }

    /// A chat template, or several with names.
    struct Template: Codable {
        /// The templates by name.
        let texts: [String: String]

        private struct Named: Codable {
            let name: String
            let template: String
        }

        init?(_ texts: [String: String]) {
            if texts.isEmpty { return nil }
            self.texts = texts
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let template = try? container.decode(String.self) {
                texts = [StoredChatTemplates.standard: template]
            } else if let texts = try? container.decode([String: String].self) {
                self.texts = texts
            } else {
                let named = try container.decode([Named].self).map { ($0.name, $0.template) }
                texts = Dictionary(named) { $1 }
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if let main = texts[StoredChatTemplates.standard], texts.count == 1 {
                try container.encode(main)
            } else {
                try container.encode(texts.sorted { $0.key < $1.key }.map { Named(name: $0.key, template: $0.value) })
            }
        }
    }
}
