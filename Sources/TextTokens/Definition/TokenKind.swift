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
    /// The byte that a token of kind ``byte``, such as `<0x0A>`, represents.
    static func byteValue(of token: String) -> UInt8? {
        guard token.hasPrefix("<0x"), token.hasSuffix(">"), token.utf8.count == 6 else { return nil }
        return UInt8(token.dropFirst(3).dropLast(), radix: 16)
    }

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
}
