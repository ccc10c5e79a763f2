/// Tensors of a model folder that are not weights: buffers that some writers stored, and that follow from the
/// configuration.
enum StoredBuffer {
    /// Whether a tensor is such a buffer.
    ///
    /// - Parameter shape: nil if it is unknown, because an index names a tensor that no file has.
    static func includes(_ name: String, shape: [Int]?) -> Bool {
        let parts = name.split(separator: ".")
        switch parts.suffix(2) {
        // RoPE's frequencies and their values at each position.
        case ["rotary_emb", "inv_freq"], ["rotary_emb", "cos_cached"], ["rotary_emb", "sin_cached"]: return true
        // The value of masked scores: a single number.
        case let part where isAttention(part.first) && part.last == "masked_bias":
            return shape.map { $0.reduce(1, *) == 1 } ?? true
        // The causal mask: a square for each pair of positions. A bias would be a vector.
        case let part where isAttention(part.first) && part.last == "bias":
            return shape.map { $0.count == 4 && $0[0] == 1 && $0[1] == 1 && $0[2] == $0[3] } ?? true
        default: return false
        }
    }

    private static func isAttention(_ part: Substring?) -> Bool {
        part == "attn" || part == "self_attn" || part == "attention"
    }
}
