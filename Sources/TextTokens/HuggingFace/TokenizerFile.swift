/// A decoded tokenizer.json: the parts that determine a text's ids, for byte-level BPE.
struct TokenizerFile: Decodable {
    struct AddedToken: Decodable {
        let id: Int
        let content: String
        let special: Bool
        let lstrip: Bool?
        let rstrip: Bool?
        let single_word: Bool?
        let normalized: Bool?
    }

    /// A part of any kind, identified by its `type`, which determines the other members.
    struct Part: Decodable {
        let type: String
        let normalizers: [Part]?
        let pretokenizers: [Part]?
        let processors: [Part]?
        let decoders: [Part]?
        let add_prefix_space: Bool?
        let use_regex: Bool?
        let individual_digits: Bool?
        let pattern: Pattern?
        let behavior: String?
        let invert: Bool?
        let single: [TemplateItem]?
        let special_tokens: [String: TemplateToken]?
        let cls: NamedToken?
        let sep: NamedToken?
    }

    struct Pattern: Decodable {
        let Regex: String?
    }

    struct TemplateItem: Decodable {
        struct Name: Decodable { let id: String }
        let SpecialToken: Name?
        let Sequence: Name?
    }

    struct TemplateToken: Decodable {
        let ids: [Int]
    }

    /// A token's text and id, stored as a list.
    struct NamedToken: Decodable {
        let id: Int

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            _ = try container.decode(String.self)
            id = try container.decode(Int.self)
        }
    }

    struct Model: Decodable {
        let type: String?
        let vocab: [String: Int]
        let merges: [Merge]
        let dropout: Double?
        let unk_token: String?
        let fuse_unk: Bool?
        let byte_fallback: Bool?
        let ignore_merges: Bool?
        let continuing_subword_prefix: String?
        let end_of_word_suffix: String?
    }

    /// A merge of two texts: a list of both or, in older files, one string with a space between them.
    struct Merge: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
                return
            }
            let halves = try container.decode([String].self)
            guard halves.count == 2 else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "a merge of \(halves.count)")
            }
            text = halves[0] + " " + halves[1]
        }
    }

    /// A value of which only the presence matters.
    struct Presence: Decodable {
        init(from decoder: any Decoder) {}
    }

    let truncation: Presence?
    let padding: Presence?
    let model: Model
    let added_tokens: [AddedToken]?
    let normalizer: Part?
    let pre_tokenizer: Part?
    let post_processor: Part?
    let decoder: Part?
}
