import CheckpointFiles

extension StoredChatTemplates {
    /// Reads the templates of a GGUF file: `tokenizer.chat_template` and `tokenizer.chat_template.NAME`.
    ///
    /// As in llama.cpp, a missing beginning-of-text or end-of-text token is an empty text.
    ///
    /// - Throws: ``CheckpointError`` if a template is not a string.
    init(_ metadata: GGUFMetadata) throws(CheckpointError) {
        texts[Self.standard] = try metadata.stringIfPresent(named: Self.key)
        for key in metadata.keys where key.hasPrefix(Self.key + ".") {
            texts[String(key.dropFirst(Self.key.count + 1))] = try metadata.string(named: key)
        }
        guard case .array(.strings(let tokens)) = metadata["tokenizer.ggml.tokens"] else { return }
        let isSentencePiece = metadata["tokenizer.ggml.model"] == .string("llama")
        func text(_ name: String, _ standard: Int?) -> String? {
            let stated = (try? metadata.integerIfPresent(named: "tokenizer.ggml.\(name)_token_id")) ?? nil
            guard let id = stated ?? (isSentencePiece ? standard : nil), tokens.indices.contains(id) else { return nil }
            return tokens[id]
        }
        specialTokens["bos_token"] = text("bos", 1) ?? ""
        specialTokens["eos_token"] = text("eos", 2) ?? ""
        specialTokens["unk_token"] = text("unknown", 0)
        specialTokens["pad_token"] = text("padding", nil)
    }

    /// Sets the templates in a GGUF file's metadata, as llama.cpp's converter does: with a list of their names.
    func write(to metadata: inout GGUFMetadata) {
        metadata[Self.key] = main.map { .string($0) }
        let others = texts.keys.filter { $0 != Self.standard }.sorted()
        for name in others { metadata["\(Self.key).\(name)"] = texts[name].map { .string($0) } }
        metadata[Self.key + "s"] = others.isEmpty ? nil : .array(.strings(others))
    }

    private static let key = "tokenizer.chat_template"
}
