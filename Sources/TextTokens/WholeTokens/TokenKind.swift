/// The role of a token, numbered as in GGUF's `tokenizer.ggml.token_type`.
package enum TokenKind: Int32, Sendable {
    case undefined, normal, unknown, control, userDefined, unused, byte

    /// Whether the token is left out of plain text, because it represents structure or unknown bytes.
    var isSpecial: Bool { self == .control || self == .unknown }

    /// Whether the token is matched as a whole before text is split. Special tokens are matched only on request;
    /// otherwise a user's text could contain structure.
    var isMatchedWhole: Bool { isSpecial || self == .userDefined }
}

extension TokenKind {
    /// The texts of tokens that end an answer in some model family. Files name one such id, but many models have
    /// several.
    private static let answerEnds: Set = [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|endoftext|>", "<|eom_id|>", "<|end_of_text|>", "<|return|>",
        "<end_of_turn>", "<end_of_utterance>", "<eos>", "</s>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]",
        "<｜end▁of▁sentence｜>", "<|EOT|>",
    ]

    /// Whether a token with this text and kind ends an answer.
    ///
    /// Texts that may occur in a program or a web page count only if the file marks the token.
    static func endsAnswer(_ text: String, _ kind: TokenKind) -> Bool {
        answerEnds.contains(text) && (kind != .normal || text.hasPrefix("<|") || text.hasPrefix("<｜"))
    }

    /// The file's kinds with corrections. Markers of a conversation's structure are control tokens regardless of the
    /// file, because otherwise a user's text could start or end a turn. The only token of a byte is text, even if the
    /// file marks it as control (for example `!` as padding).
    static func corrected(_ definition: TokenizerDefinition) -> [TokenKind] {
        let (numbers, tokens) = (definition.kinds, definition.tokens)
        var kinds = tokens.indices.map { id in
            let kind =
                numbers.map { kinds in
                    kinds.indices.contains(id) ? TokenKind(rawValue: kinds[id]) ?? .undefined : .undefined
                }
                ?? .normal
            let first = tokens[id].utf8.first
            guard first == UInt8(ascii: "<") || first == UInt8(ascii: "_") || first == UInt8(ascii: "[") else {
                return kind
            }
            return endsAnswer(tokens[id], kind) || tokens[id] == "<|im_start|>" ? .control : kind
        }
        guard definition.model == "gpt2" else { return kinds }
        for id in ByteAlphabet.onlyTokens(tokens, kinds, among: .control) { kinds[id] = .userDefined }
        return kinds
    }
}
