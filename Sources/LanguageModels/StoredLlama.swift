package import CheckpointFiles
package import TensorCore

/// A Llama as a checkpoint holds it: its configuration and weights, checked to belong together but not loaded.
package struct StoredLlama: Sendable {
    /// Shapes and constants.
    package let configuration: Llama.Configuration
    /// The weights.
    package let source: any TensorSource

    /// Reads what a checkpoint says about the model in it.
    ///
    /// - Throws: if its configuration is missing, wrong, or of a variant that is not supported, or it has a tensor that
    ///   a plain Llama has no use for.
    package init(_ checkpoint: Checkpoint) throws(CheckpointError) {
        switch checkpoint {
        case .gguf(let file): try self.init(file)
        case .folder(let folder): try self.init(folder)
        }
    }

    private init(_ file: GGUFFile) throws(CheckpointError) {
        let source = try GGUFSource(file)
        configuration = try Llama.Configuration(file)
        self.source = source
        // RoPE's factors have become part of the configuration.
        try refuseUnknownTensors(file.tensors.map(\.name), except: ["model.rope_frequency_factors.weight"])
    }

    private init(_ folder: ModelFolder) throws(CheckpointError) {
        let stated = try HuggingFaceConfiguration(path: folder.file(ModelFolder.Name.configuration))
        configuration = stated.llama
        let head = "lm_head.weight"
        // Some writers store the embedding a second time as the head. A head that differs was trained: it counts, as in
        // transformers, whatever the configuration says.
        var source = folder.source
        if stated.tiesHead, source.contains(head), try stated.llama.hasEqualEnds(in: source) {
            source = source.without(head)
        }
        self.source = source
        guard stated.tiesHead || source.contains(head) else {
            throw CheckpointError(
                file: source.file, name: "tensor \(head.quoted)",
                expected: "a head, as config.json does not say \"tie_word_embeddings\"", found: "no such tensor")
        }
        // Older writers stored RoPE's frequencies, which the configuration gives.
        let names = folder.source.tensorNames.filter { !$0.hasSuffix(".rotary_emb.inv_freq") }
        try refuseUnknownTensors(names, except: [head])
    }

    /// Whether the embedding serves as head.
    package var tiesHead: Bool { !source.contains("lm_head.weight") }

    /// The names of all tensors of the model, Hugging Face's, and their shapes, in the order in which they are used.
    package var tensors: [(name: String, shape: [Int])] {
        configuration.tensors + (tiesHead ? [] : [configuration.head])
    }

    /// Throws unless there is memory for all weights as they are stored, which is about what they take when packed.
    func checkMemory() throws(CheckpointError) {
        var byteCount = 0
        for (name, shape) in tensors where source.contains(name) {
            byteCount += try source.tensor(named: name, shape: shape).byteCount
        }
        try CheckpointError.checkMemory(byteCount, file: source.file, name: "weights")
    }

    /// A tensor that the graph does not use, such as a bias, would change the model: better no text than a wrong one.
    private func refuseUnknownTensors(_ stored: [String], except extra: [String]) throws(CheckpointError) {
        // Compared as the file spells them: a second spelling, such as `blk.00.`, is no tensor of ours.
        let known = Set((tensors.map(\.name) + extra).map { source.storedName(of: $0) })
        for name in stored where !known.contains(name) {
            throw CheckpointError(
                file: source.file, name: "tensor \(name.quoted)",
                expected: "only tensors of a plain Llama with \(configuration.layerCount) blocks",
                found: "a tensor it has no use for")
        }
    }
}

extension Llama {
    /// Loads a model.
    ///
    /// - Throws: if its tensors are missing or of other shapes than its configuration asks for, or their file was
    ///   written to meanwhile.
    package init(_ stored: StoredLlama, on compute: ComputeContext) throws(CheckpointError) {
        try stored.checkMemory()
        try self.init(Weights(stored.source), stored.configuration, on: compute)
        try stored.source.checkUnchanged()
    }
}

extension Llama.Configuration {
    /// The embedding's, the layers' and the final norm's tensors: what every Llama has.
    package var tensors: [(name: String, shape: [Int])] {
        let queries = attention.heads * attention.headDimension
        let keys = attention.keyValueHeads * attention.headDimension
        let layer: [(String, [Int])] = [
            ("input_layernorm", [width]),
            ("self_attn.q_proj", [queries, width]),
            ("self_attn.k_proj", [keys, width]),
            ("self_attn.v_proj", [keys, width]),
            ("self_attn.o_proj", [width, queries]),
            ("post_attention_layernorm", [width]),
            ("mlp.gate_proj", [feedForwardWidth, width]),
            ("mlp.up_proj", [feedForwardWidth, width]),
            ("mlp.down_proj", [width, feedForwardWidth]),
        ]
        let layers = (0..<layerCount).flatMap { index in
            layer.map { (name: "model.layers.\(index).\($0).weight", shape: $1) }
        }
        return [("model.embed_tokens.weight", [vocabularySize, width])] + layers + [("model.norm.weight", [width])]
    }

    /// Whether the head is the embedding, byte for byte.
    fileprivate func hasEqualEnds(in source: SafetensorsSource) throws(CheckpointError) -> Bool {
        let embedding = try source.tensor(named: "model.embed_tokens.weight", shape: head.shape)
        let isEqual = try source.tensor(named: head.name, shape: head.shape).hasSameContents(as: embedding)
        embedding.release()
        return isEqual
    }

    /// The head's tensor, where the embedding does not serve as one.
    package var head: (name: String, shape: [Int]) { ("lm_head.weight", [vocabularySize, width]) }
}
