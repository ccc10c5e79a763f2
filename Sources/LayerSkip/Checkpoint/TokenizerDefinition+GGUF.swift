package import CheckpointFiles
package import TextTokens

extension TokenizerDefinition {
    /// Reads a tokenizer from a GGUF file's metadata. Ids that are no tokens are ignored, as in llama.cpp, with a note.
    ///
    /// - Throws: ``CheckpointError`` if a key is missing or has the wrong type.
    package init(_ metadata: GGUFMetadata) throws(CheckpointError) {
        self.init(
            model: try metadata.string(named: "tokenizer.ggml.model"),
            preTokenizer: try metadata.stringIfPresent(named: "tokenizer.ggml.pre"),
            tokens: try metadata.strings(named: "tokenizer.ggml.tokens"))
        func known(_ id: Int, _ key: String) -> Int32? {
            if tokens.indices.contains(id) { return Int32(id) }
            notes.append("\(key) \(id) is no token of the vocabulary and is ignored")
            return nil
        }
        func id(_ name: String) throws(CheckpointError) -> Int32? {
            let key = "tokenizer.ggml.\(name)_token_id"
            return try metadata.integerIfPresent(named: key).flatMap { known($0, key) }
        }
        scores = try Self.scores(metadata)
        kinds = try metadata.integersIfPresent(named: "tokenizer.ggml.token_type")?.map { Int32(clamping: $0) }
        merges = try metadata.stringsIfPresent(named: "tokenizer.ggml.merges")
        beginningOfText = try id("bos")
        endOfText = try id("eos")
        unknown = try id("unknown")
        otherEnds = try [id("eot"), id("eom")].compactMap(\.self)
        let further = try metadata.integersIfPresent(named: Self.furtherEndsKey) ?? []
        otherEnds += further.compactMap { known($0, Self.furtherEndsKey) }
        let fills = "tokenizer.ggml.padding_token_id"
        if metadata[fills] != nil {
            // It is not used here, so a value that is not an id does no harm.
            let stated = try? metadata.integer(named: fills)
            padding = stated.flatMap { known($0, fills) }
            if stated == nil { notes.append("\(fills) is no token of the vocabulary and is ignored") }
        }
        addsBeginningOfText = try metadata.boolIfPresent(named: "tokenizer.ggml.add_bos_token")
        addsEndOfText = try metadata.boolIfPresent(named: "tokenizer.ggml.add_eos_token")
        addsSpacePrefix = try metadata.boolIfPresent(named: "tokenizer.ggml.add_space_prefix")
        let name = try metadata.stringIfPresent(named: "general.name")?.lowercased() ?? ""
        stripsSpaceAfterSpecialTokens = name.contains("phi-3") || name.contains("phi3")
        if model == "gpt2", (preTokenizer ?? "").isEmpty {
            notes.append(
                "tokenizer.ggml.pre is missing: the rule that cuts text into words is guessed; tokens may be wrong")
        }
    }

    /// The key of a list of end-of-text tokens, which Ollama reads and llama.cpp does not.
    private static let furtherEndsKey = "tokenizer.ggml.eos_token_ids"

    /// Reads the scores, which some writers store as integers.
    private static func scores(_ metadata: GGUFMetadata) throws(CheckpointError) -> [Float]? {
        let key = "tokenizer.ggml.scores"
        if case .array(.int32s(let numbers)) = metadata[key] { return numbers.map { Float($0) } }
        return try metadata.floatsIfPresent(named: key)
    }
}

extension TokenizerDefinition {
    /// Sets the metadata under `tokenizer.ggml.`.
    ///
    /// - Parameter count: the number of rows in the model's embedding. llama.cpp requires a token for each, so unused
    ///   tokens are appended.
    package func write(to metadata: inout GGUFMetadata, count: Int) {
        func set(_ key: String, _ value: GGUFValue?) { metadata["tokenizer.ggml." + key] = value }
        func set(id name: String, _ id: Int32?) {
            set("\(name)_token_id", id.map { .uint32(UInt32(bitPattern: $0)) })
        }
        let missing = max(0, count - tokens.count)
        set("model", .string(model))
        set("pre", preTokenizer.map { .string($0) })
        set("tokens", .array(.strings(tokens + (0..<missing).map { "[PAD\($0)]" })))
        set("scores", scores.map { .array(.float32s($0 + [Float](repeating: 0, count: missing))) })
        let kinds = kinds ?? Array(repeating: TokenKind.normal.rawValue, count: tokens.count)
        set("token_type", .array(.int32s(kinds + Array(repeating: TokenKind.unused.rawValue, count: missing))))
        set("merges", merges.map { .array(.strings($0)) })
        set(id: "bos", beginningOfText)
        set(id: "eos", endOfText)
        set(id: "unknown", unknown)
        let further = furtherEnds
        set(id: "eot", further.kept.first)
        set(id: "eom", further.kept.dropFirst().first)
        metadata[Self.furtherEndsKey] = further.others.isEmpty ? nil : .array(.int32s(ends))
        set(id: "padding", padding)
        // Without the key llama.cpp uses its own default.
        set("add_bos_token", .bool(addsBeginningOfText ?? false))
        set("add_eos_token", addsEndOfText.map { .bool($0) })
        set("add_space_prefix", .bool(addsSpacePrefix ?? false))
    }
}

extension TokenizerDefinition {
    /// The end-of-text tokens other than ``endOfText`` that llama.cpp finds in a GGUF file, and those that it does not.
    ///
    /// It has two keys for them. Tokens whose text shows that they end an answer need no key, so if there are more
    /// than two tokens, the others take precedence.
    package var furtherEnds: (kept: [Int32], others: [Int32]) {
        let others = ends.filter { $0 != endOfText }
        guard others.count > 2, let tokenizer = try? Tokenizer(self) else { return (others, []) }
        let unknown = others.filter { !tokenizer.endsAnswerByText($0) }
        let known = others.filter { tokenizer.endsAnswerByText($0) }
        return (Array((unknown + known).prefix(2)), Array(unknown.dropFirst(2)))
    }
}
