import CheckpointFiles

/// A byte-level BPE tokenizer in GGUF metadata, like GPT-2's and SmolLM2's, with a handful of merges.
///
/// Ids 0...2 are `<|endoftext|>`, `<|im_start|>` (begins a text) and `<|im_end|>` (ends one). Ids 3...258 are single
/// bytes, ordered by value. The results of merges follow, then unused tokens.
package enum TinyTokenizer {
    /// The minimum number of tokens: three special ones, 256 bytes and one merge.
    package static let minimumSize = 260
    /// The id of a single byte's token.
    package static func token(byte: UInt8) -> Int { 3 + Int(byte) }

    static func addMetadata(to metadata: inout GGUFMetadata, size: Int) {
        let specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
        let bytes = (0...255).map { byteCharacter(UInt8($0)) }
        let merges = merges.prefix(size - specials.count - bytes.count)
        let merged = merges.map { $0.filter { $0 != " " } }
        let unusedCount = size - specials.count - bytes.count - merged.count
        let unused = (0..<unusedCount).map { "<|extra_\($0)|>" }

        let normal: Int32 = 1
        let control: Int32 = 3
        let unusedType: Int32 = 5
        var types = [Int32](repeating: control, count: specials.count)
        types += [Int32](repeating: normal, count: bytes.count + merged.count)
        types += [Int32](repeating: unusedType, count: unusedCount)

        metadata["tokenizer.ggml.model"] = .string("gpt2")
        metadata["tokenizer.ggml.pre"] = .string("smollm")
        metadata["tokenizer.ggml.tokens"] = .array(.strings(specials + bytes + merged + unused))
        metadata["tokenizer.ggml.token_type"] = .array(.int32s(types))
        metadata["tokenizer.ggml.merges"] = .array(.strings(Array(merges)))
        metadata["tokenizer.ggml.bos_token_id"] = .uint32(1)
        metadata["tokenizer.ggml.eos_token_id"] = .uint32(2)
        metadata["tokenizer.ggml.unknown_token_id"] = .uint32(0)
        metadata["tokenizer.ggml.padding_token_id"] = .uint32(2)
        metadata["tokenizer.ggml.add_bos_token"] = .bool(false)
        metadata["tokenizer.ggml.add_space_prefix"] = .bool(false)
        metadata["tokenizer.chat_template"] = .string(chatML)
    }

    /// GPT-2's printable character for a byte: the byte itself if printable, else the next free character from U+0100
    /// on.
    package static func byteCharacter(_ byte: UInt8) -> String {
        func prints(_ byte: UInt8) -> Bool { (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174 }
        let value = prints(byte) ? UInt32(byte) : 256 + UInt32((0..<byte).count { !prints($0) })
        return Unicode.Scalar(value).map { String(Character($0)) } ?? ""
    }

    /// The merges by rank. `Ġ` stands for a space, `Ċ` for a line feed.
    private static let merges = [
        "h e", "i n", "Ġ t", "Ġt he", "r e", "o n", "Ġ a", "e r", "a n", "an d", "Ġ w", "o u", "Ġ s", "l l", "o r",
        "in g", "Ċ Ċ", "Ġ Ġ",
    ]

    private static let chatML = """
        {% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + \
        '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
        """
}
