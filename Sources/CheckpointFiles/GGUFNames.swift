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
    package func ownName(of name: String) -> String? {
        translate(name, modules: modules, layerModules: layerModules, from: "model.layers.", to: "blk.")
    }

    /// What we call the tensor that the file calls `ownName`; nil if we have no name for it.
    package func name(of ownName: String) -> String? {
        translate(
            ownName, modules: modules.inverted, layerModules: layerModules.inverted, from: "blk.", to: "model.layers.")
    }

    private func translate(
        _ name: String, modules: [String: String], layerModules: [String: String], from prefix: String,
        to target: String
    ) -> String? {
        guard let dot = name.lastIndex(of: ".") else { return modules[name] }
        let module = name[..<dot]
        guard module.hasPrefix(prefix) else {
            return modules[name] ?? modules[String(module)].map { $0 + name[dot...] }
        }
        let parts = module.dropFirst(prefix.count).split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let layer = Int(parts[0]), layer >= 0, let own = layerModules[String(parts[1])] else {
            return nil
        }
        return "\(target)\(layer).\(own)\(name[dot...])"
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
            "model.rope_frequency_factors": "rope_freqs.weight",
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

extension [String: String] {
    fileprivate var inverted: [String: String] {
        [String: String](uniqueKeysWithValues: map { ($0.value, $0.key) })
    }
}
