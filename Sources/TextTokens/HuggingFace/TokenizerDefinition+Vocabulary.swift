import QuotedText

extension TokenizerDefinition {
    /// Reads a byte-level tokenizer from a `vocab.json` and a `merges.txt`, which do not state the rule for words.
    ///
    /// - Parameter className: transformers' class, which states it; nil means GPT-2's.
    /// - Throws: ``TokenizerError`` if a file is malformed or the class is not known.
    package init(vocabulary: [UInt8], merges: String, class className: String?) throws(TokenizerError) {
        let rules: [String: String] = [
            "GPT2Tokenizer": "gpt-2", "GPT2TokenizerFast": "gpt-2", "Qwen2Tokenizer": "qwen2",
            "Qwen2TokenizerFast": "qwen2",
        ]
        let name = className ?? "GPT2Tokenizer"
        guard let rule = rules[name] else {
            throw .malformedFile(
                place: "tokenizer_class", expected: "one of \(rules.keys.sorted().joined(separator: ", "))",
                found: name.quoted + "; download the folder's tokenizer.json")
        }
        let table = try Vocabulary(try JSONPlace(file: vocabulary))
        self.init(model: .byteLevel, preTokenizer: rule, tokens: table.tokens.map { $0 ?? "" })
        normalizer = rule == "qwen2" ? [.nfc] : []
        kinds = table.tokens.map { ($0 == nil ? TokenKind.unused : .normal).rawValue }
        self.merges = merges.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#version") }.map { String($0) }
        wholeTokenRule = .leftmost
        addsBeginningOfChats = false
        if className == nil { notes.append("the class of the tokenizer is not stated: assumed GPT2Tokenizer") }
        // Both classes have it by default.
        guard let end = id(of: "<|endoftext|>") else { return }
        kinds?[Int(end)] = TokenKind.control.rawValue
        endOfText = end
        if rule == "gpt-2" { beginningOfText = end }
    }

    /// Drops tokens that the model has no rows for, if no text needs them: added tokens at the end of the vocabulary.
    package mutating func dropTokens(from rows: Int) {
        var dropped: [String] = []
        while tokens.count > rows, let text = tokens.last {
            let kind = kinds.flatMap { TokenKind(rawValue: $0[tokens.count - 1]) } ?? .normal
            guard kind.isMatchedWhole || text.isEmpty, scores.map({ $0.count < tokens.count }) ?? true else { break }
            if !text.isEmpty { dropped.append(text) }
            tokens.removeLast()
            kinds?.removeLast()
            flags[Int32(tokens.count)] = nil
        }
        func known(_ id: Int32?) -> Int32? { id.flatMap { tokens.indices.contains(Int($0)) ? $0 : nil } }
        (beginningOfText, endOfText) = (known(beginningOfText), known(endOfText))
        (unknown, padding) = (known(unknown), known(padding))
        note(dropped.reversed(), "added tokens without a row in the model are ignored")
    }
}
