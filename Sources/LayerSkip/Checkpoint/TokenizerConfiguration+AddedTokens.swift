import TextTokens

extension TokenizerConfiguration {
    /// What `added_tokens_decoder` says of one token.
    struct AddedTokenEntry: Codable {
        let content: String
        let special: Bool?
        let normalized: Bool?
        let lstrip: Bool?
        let rstrip: Bool?
        let single_word: Bool?

        /// Whether the token changes what is around it, or depends on it.
        var isContextual: Bool { lstrip == true || rstrip == true || single_word == true }
    }

    /// The texts of further special tokens: a list, or an object with a name for each. Their properties are in
    /// `added_tokens_decoder`.
    struct Names: Codable {
        let texts: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let list = try? container.decode([SpecialToken].self) {
                texts = list.map(\.text)
            } else {
                texts = try container.decode([String: SpecialToken].self).values.map(\.text).sorted()
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(texts)
        }
    }

    /// The tokens of `added_tokens_decoder` in the order of their ids, which are its keys.
    ///
    /// - Throws: ``TokenizerError`` for a key that is no id, or a token that changes what is around it.
    func tokensToAdd() throws(TokenizerError) -> [AddedToken] {
        var tokens: [(id: Int, token: AddedToken)] = []
        for (key, entry) in addedTokens ?? [:] {
            guard let id = Int(key), id >= 0 else {
                throw .malformedFile(place: "added_tokens_decoder", expected: "ids as keys", found: key.quoted)
            }
            guard !entry.isContextual else {
                throw .malformedFile(
                    place: "added_tokens_decoder.\(key)", expected: "tokens that leave what is around them alone",
                    found: entry.content.quoted)
            }
            let isSpecial = entry.special ?? false
            let token = AddedToken(
                id: id, text: entry.content, isSpecial: isSpecial, isNormalized: entry.normalized ?? !isSpecial)
            tokens.append((id, token))
        }
        return tokens.sorted { $0.id < $1.id }.map(\.token)
    }

    /// The further special tokens, and those of `added_tokens.json`, which counts only without `added_tokens_decoder`.
    func furtherTokens(_ older: [String: Int]) -> [AddedToken] {
        let special = (furtherSpecial ?? olderFurtherSpecial)?.texts ?? []
        let named = [beginningOfText, endOfText, unknown, padding].compactMap { $0?.text } + special
        let added = older.sorted { $0.value < $1.value }.map { text, id in
            let isSpecial = named.contains { $0.utf8.elementsEqual(text.utf8) }
            return AddedToken(id: id, text: text, isSpecial: isSpecial, isNormalized: !isSpecial)
        }
        return (addedTokens == nil ? added : []) + special.map { AddedToken(text: $0) }
    }
}
