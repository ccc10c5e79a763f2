/// The role of a token, numbered as in GGUF's `tokenizer.ggml.token_type`.
package enum TokenKind: Int32, Sendable {
    case undefined, normal, unknown, control, userDefined, unused, byte

    /// Whether the token is left out of plain text: it stands for structure, or for nothing.
    var isSpecial: Bool { self == .control || self == .unknown }

    /// Whether the token is looked for as a whole before anything else is done with a text. The special ones only
    /// when the caller asks for it, or a user could write structure.
    var isMatchedWhole: Bool { isSpecial || self == .userDefined }
}

extension TokenKind {
    /// Texts that end an answer in some family of models. Files name one such id, while many models have several.
    private static let answerEnds: Set = [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|endoftext|>", "<|eom_id|>", "<|end_of_text|>", "<|return|>",
        "<end_of_turn>", "<end_of_utterance>", "<eos>", "</s>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]",
        "<｜end▁of▁sentence｜>", "<|EOT|>",
    ]

    /// Whether a token with this text and kind ends an answer.
    ///
    /// Texts that may stand in a program or a web page count only where the file marks them.
    static func endsAnswer(_ text: String, _ kind: TokenKind) -> Bool {
        answerEnds.contains(text) && (kind != .normal || text.hasPrefix("<|") || text.hasPrefix("<｜"))
    }

    /// The kinds as the file has them, corrected: a marker of a conversation's structure is a control token whatever
    /// the file says, or a user's text could end a turn or start one. And the only token of a byte is text, even if a
    /// file marks it as control (`!`, where it fills batches up).
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
