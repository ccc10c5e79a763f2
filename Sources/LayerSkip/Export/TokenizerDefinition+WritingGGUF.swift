import CheckpointFiles
package import TextTokens

extension TokenizerDefinition {
    /// Sets the metadata under `tokenizer.ggml.` and, if these keys cannot express the tokenizer, the whole
    /// tokenizer.json under ``GGUFTokenizerKey/huggingFace``.
    ///
    /// - Parameter count: the number of rows in the model's embedding. llama.cpp requires a token for each, so unused
    ///   tokens are appended.
    /// - Returns: what the keys cannot express, for a note; empty if they express everything.
    /// - Throws: ``TokenizerError`` if neither can.
    package func write(to metadata: inout GGUFMetadata, count: Int) throws(TokenizerError) -> [String] {
        writeParts(to: &metadata, count: count)
        metadata[GGUFTokenizerKey.huggingFace] = nil
        let readBack = try? TokenizerDefinition(metadata)
        let lost = try readBack.map { (other) throws(TokenizerError) in try differences(from: other) } ?? ["its kind"]
        if !lost.isEmpty, !isBetterInParts(losing: lost) {
            metadata[GGUFTokenizerKey.huggingFace] = .string(String(decoding: try json(), as: UTF8.self))
        }
        return lost
    }

    private func writeParts(to metadata: inout GGUFMetadata, count: Int) {
        func set(_ key: String, _ value: GGUFValue?) { metadata["tokenizer.ggml." + key] = value }
        func set(id name: String, _ id: Int32?) {
            set("\(name)_token_id", id.map { .uint32(UInt32(bitPattern: $0)) })
        }
        let parts = ggufParts
        let missing = max(0, count - tokens.count)
        set("model", .string(parts.model.rawValue))
        set("pre", parts.preTokenizer.map { .string($0) })
        // An id without a token needs a text too.
        let names = tokens.enumerated().map { $1.isEmpty ? "[UNUSED\($0)]" : $1 } + (0..<missing).map { "[PAD\($0)]" }
        set("tokens", .array(.strings(names)))
        let scores = parts.scores.map { scores in
            scores.map { Float($0) } + [Float](repeating: 0, count: max(0, names.count - scores.count))
        }
        set("scores", scores.map { .array(.float32s($0)) })
        let kinds = kinds ?? Array(repeating: TokenKindNumber.normal, count: tokens.count)
        set("token_type", .array(.int32s(kinds + Array(repeating: TokenKindNumber.unused, count: missing))))
        set("merges", parts.model == .byteLevel ? merges.map { .array(.strings($0)) } : nil)
        set(id: "bos", beginningOfText)
        set(id: "eos", endOfText)
        set(id: "unknown", unknown)
        let further = furtherEnds
        set(id: "eot", further.kept.first)
        set(id: "eom", further.kept.dropFirst().first)
        metadata[GGUFTokenizerKey.furtherEnds] = further.others.isEmpty ? nil : .array(.int32s(ends))
        set(id: "padding", padding)
        // Without the key llama.cpp uses its own default.
        set("add_bos_token", .bool(addsBeginningOfText ?? false))
        set("add_eos_token", addsEndOfText.map { .bool($0) })
        set("add_space_prefix", .bool(parts.addsSpacePrefix))
        guard let rules = parts.rules else { return }
        metadata[GGUFTokenizerKey.collapsesSpaces] = .bool(rules.collapsesSpaces)
        metadata[GGUFTokenizerKey.charsmap] = rules.charsmap.isEmpty ? nil : .array(.uint8s(rules.charsmap))
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
