package import TensorCore

/// How GGUF files of one architecture name the tensors that Hugging Face's checkpoints name otherwise.
package struct GGUFNames: Sendable {
    /// The value of `general.architecture`.
    package let architecture: String
    /// The order of query and key rows in such files.
    package let ropePairing: RoPEPairing
    /// Modules outside of the layers, ours and theirs; a suffix such as `.weight` follows.
    private let modules: [String: String]
    /// Modules of layer N, after `model.layers.N.` and `blk.N.`.
    private let layerModules: [String: String]

    /// All architectures that we know.
    package static let all = [llama]

    /// The names for the architecture of a file.
    ///
    /// - Throws: if it is not one that we know.
    package static func names(for metadata: GGUFMetadata) throws(CheckpointError) -> GGUFNames {
        let key = "general.architecture"
        let architecture = try metadata.string(named: key)
        guard let names = all.first(where: { $0.architecture == architecture }) else {
            let known = all.map(\.architecture).joined(separator: ", ")
            throw metadata.failure(key, expected: "a known architecture (\(known))", found: architecture.quoted)
        }
        return names
    }

    /// What the file calls the tensor that we call `name`; nil if such files have no such tensor.
    package func storedName(of name: String) -> String? {
        let layers = "model.layers."
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let module = name[..<dot]
        guard module.hasPrefix(layers) else { return modules[String(module)].map { $0 + name[dot...] } }
        let parts = module.dropFirst(layers.count).split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let layer = Int(parts[0]), layer >= 0, let stored = layerModules[String(parts[1])]
        else { return nil }
        return "blk.\(layer).\(stored)\(name[dot...])"
    }
}

extension GGUFNames {
    /// Llama and what shares its graph: Mistral, SmolLM, TinyLlama.
    package static let llama = GGUFNames(
        architecture: "llama",
        ropePairing: .interleaved,
        modules: [
            "model.embed_tokens": "token_embd",
            "model.norm": "output_norm",
            "lm_head": "output",
            // Hugging Face computes these from its configuration; the name is ours.
            "model.rope_frequency_factors": "rope_freqs",
        ],
        layerModules: [
            "input_layernorm": "attn_norm",
            "self_attn.q_proj": "attn_q",
            "self_attn.k_proj": "attn_k",
            "self_attn.v_proj": "attn_v",
            "self_attn.o_proj": "attn_output",
            "post_attention_layernorm": "ffn_norm",
            "mlp.gate_proj": "ffn_gate",
            "mlp.up_proj": "ffn_up",
            "mlp.down_proj": "ffn_down",
        ])
}
