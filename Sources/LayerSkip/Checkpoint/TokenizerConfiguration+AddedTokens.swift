import TextTokens

extension TokenizerConfiguration {
    /// A token's entry in `added_tokens_decoder`, or an object in place of a special token's text.
    struct AddedTokenEntry: Codable {
        let content: String
        let special: Bool?
        let normalized: Bool?
        let lstrip: Bool?
        let rstrip: Bool?
        let single_word: Bool?

        /// How the token treats the text around it.
        var flags: MatchingFlags {
            var flags: MatchingFlags = []
            if normalized ?? !(special ?? false) { flags.insert(.normalized) }
            if lstrip == true { flags.insert(.stripsLeft) }
            if rstrip == true { flags.insert(.stripsRight) }
            if single_word == true { flags.insert(.singleWord) }
            return flags
        }
    }

    /// The texts of additional special tokens: a list, or an object with a name for each. Their properties are in
    /// `added_tokens_decoder`.
    struct Names: Codable {
        let texts: [String]

        init(_ texts: [String]) { self.texts = texts }

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

    /// Returns the tokens of `added_tokens_decoder` in the order of their ids, which are its keys.
    ///
    /// - Throws: ``TokenizerError`` for a key that is not an id.
    func tokensToAdd() throws(TokenizerError) -> [AddedToken] {
        var tokens: [(id: Int, token: AddedToken)] = []
        for (key, entry) in addedTokens ?? [:] {
            guard let id = Int(key), id >= 0 else {
                throw .malformedFile(place: "added_tokens_decoder", expected: "ids as keys", found: key.quoted)
            }
            let isSpecial = entry.special ?? false
            let token = AddedToken(
                id: id, text: entry.content, isSpecial: isSpecial, flags: entry.flags)
            tokens.append((id, token))
        }
        return tokens.sorted { $0.id < $1.id }.map(\.token)
    }

    /// The special tokens with a named use, and their keys, in the order in which transformers adds them.
    var named: [(key: String, token: SpecialToken)] {
        [
            (CodingKeys.beginningOfText, beginningOfText), (.endOfText, endOfText), (.unknown, unknown),
            (.separator, separator), (.padding, padding), (.classification, classification), (.mask, mask),
        ].compactMap { key, token in token.map { (key.rawValue, $0) } }
    }

    /// Returns the tokens that are additionally matched as a whole: those of `added_tokens.json` (only without
    /// `added_tokens_decoder`), special tokens of the vocabulary with a named use, and additional special tokens.
    func furtherTokens(_ older: [String: Int], isKnown: (String) -> Bool) -> [AddedToken] {
        let special = furtherSpecial?.texts ?? []
        let names = named.map(\.token.text) + special
        let added = older.sorted { $0.value < $1.value }.map { text, id in
            let isSpecial = names.contains { $0.utf8.elementsEqual(text.utf8) }
            return AddedToken(id: id, text: text, isSpecial: isSpecial, flags: isSpecial ? [] : .normalized)
        }
        let used = named.filter { isKnown($0.token.text) }.map { _, token in
            AddedToken(text: token.text, flags: token.flags)
        }
        return (addedTokens == nil ? added : []) + used + special.map { AddedToken(text: $0) }
    }
}
