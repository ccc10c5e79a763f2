import QuotedText

/// An added token, matched as a whole, from a file next to tokenizer.json.
package struct AddedToken: Sendable {
    /// Its id, if the file gives one.
    package var id: Int?
    /// Its text.
    package var text: String
    /// Whether it represents structure rather than text.
    package var isSpecial: Bool
    /// How it treats the text around it.
    package var flags: MatchingFlags

    /// Creates an added token.
    package init(
        id: Int? = nil, text: String, isSpecial: Bool = true, flags: MatchingFlags = []
    ) {
        self.id = id
        self.text = text
        self.isSpecial = isSpecial
        self.flags = flags
    }
}

extension TokenizerDefinition {
    /// Applies added tokens in the way that transformers does.
    ///
    /// - Parameters:
    ///   - added: tokens whose properties override those of tokenizer.json. New ones are appended to the vocabulary,
    ///     regardless of their stated ids.
    ///   - further: tokens that are applied only if they are not yet matched as a whole.
    ///   - rows: the number of tokens that the model has rows for. Tokens beyond it are ignored, with a note.
    package mutating func add(_ added: [AddedToken], further: [AddedToken], rows: Int) {
        var names: ByteStringTable?
        var (moved, lost): ([String], [String]) = ([], [])
        for (index, token) in (added + further).enumerated() where !token.text.isEmpty {
            guard let id = place(token, &names, rows: rows) else {
                lost.append(token.text)
                continue
            }
            if let stated = token.id, stated != id { moved.append(token.text) }
            let isWhole = kinds.flatMap { TokenKind(rawValue: $0[id]) }?.isMatchedWhole ?? false
            guard index < added.count || !isWhole else { continue }
            setKind(of: id, token)
        }
        note(lost, "added tokens without a row in the model are ignored")
        note(moved, "added tokens have the ids that transformers gives them, not the stated ones")
    }

    mutating func note(_ texts: [String], _ what: String) {
        guard !texts.isEmpty else { return }
        notes.append("\(what): " + texts.prefix(4).map(\.quoted).joined(separator: ", "))
        if texts.count > 4 { notes[notes.count - 1] += " and \(texts.count - 4) more" }
    }

    private mutating func setKind(of id: Int, _ token: AddedToken) {
        var kinds = kinds ?? Array(repeating: TokenKind.normal.rawValue, count: tokens.count)
        if kinds[id] != TokenKind.unknown.rawValue {
            kinds[id] = (token.isSpecial ? TokenKind.control : .userDefined).rawValue
        }
        self.kinds = kinds
        flags[Int32(id)] = token.flags.isEmpty ? nil : token.flags
    }

    /// The id of a token, which is appended to the vocabulary if it is new; nil if there is no room.
    ///
    /// - Parameter names: a lookup table of the vocabulary, built on first use.
    private mutating func place(_ token: AddedToken, _ names: inout ByteStringTable?, rows: Int) -> Int? {
        if let id = token.id, tokens.indices.contains(id), tokens[id].utf8.elementsEqual(token.text.utf8) { return id }
        var table = names ?? ByteStringTable(minimumCapacity: tokens.count)
        if names == nil { for text in tokens { table.add(text.utf8) } }
        names = nil
        defer { names = table }
        if let known = table.find(Array(token.text.utf8).span) { return Int(known) }
        guard tokens.count < rows else { return nil }
        table.add(token.text.utf8)
        tokens.append(token.text)
        kinds?.append(TokenKind.normal.rawValue)
        // Merging by scores needs one for each token. This token is matched whole, so it never counts.
        if model == .scored { scores?.append(0) }
        return tokens.count - 1
    }
}
