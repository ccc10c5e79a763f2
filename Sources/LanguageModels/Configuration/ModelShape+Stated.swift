package import CheckpointFiles
import TensorCore

/// The sizes of models whose architecture may not be supported, as far as it uses the usual keys.
extension ModelShape {
    /// Takes the sizes from a GGUF file's metadata; nil if one is missing.
    ///
    /// - Parameter rows: the number of rows of the embedding, for files without `vocab_size`.
    package init?(stated metadata: GGUFMetadata, rows: Int?) {
        guard case .string(let architecture)? = metadata["general.architecture"] else { return nil }
        func size(_ name: String) -> Int? {
            (try? metadata.integerIfPresent(named: "\(architecture).\(name)", in: ModelShape.sizes)) ?? nil
        }
        self.init(
            layerCount: size("block_count"), width: size("embedding_length"),
            feedForwardWidth: size("feed_forward_length"), heads: size("attention.head_count"),
            keyValueHeads: size("attention.head_count_kv"), headDimension: size("attention.key_length"),
            vocabularySize: size("vocab_size") ?? rows, contextLength: size("context_length"))
    }

    /// Takes the sizes from the members of a `config.json`, or of the text model in it; nil if one is missing.
    package init?(stated members: JSONMembers) {
        let members = members.object("text_config") ?? members
        func size(_ key: String) -> Int? { members.value(key).flatMap { ModelShape.sizes.contains($0) ? $0 : nil } }
        self.init(
            layerCount: size("num_hidden_layers"), width: size("hidden_size"),
            feedForwardWidth: size("intermediate_size"), heads: size("num_attention_heads"),
            keyValueHeads: size("num_key_value_heads"), headDimension: size("head_dim"),
            vocabularySize: size("vocab_size"), contextLength: size("max_position_embeddings"))
    }

    private static let sizes = 1...(1 << 31)

    private init?(
        layerCount: Int?, width: Int?, feedForwardWidth: Int?, heads: Int?, keyValueHeads: Int?, headDimension: Int?,
        vocabularySize: Int?, contextLength: Int?
    ) {
        guard let layerCount, let width, let feedForwardWidth, let heads, let vocabularySize, let contextLength else {
            return nil
        }
        let headDimension = headDimension ?? width / heads
        guard headDimension > 0, heads.isMultiple(of: keyValueHeads ?? heads) else { return nil }
        self.layerCount = layerCount
        self.width = width
        self.feedForwardWidth = feedForwardWidth
        attention = AttentionShape(
            heads: heads, keyValueHeads: keyValueHeads ?? heads, headDimension: headDimension)
        self.vocabularySize = vocabularySize
        self.contextLength = contextLength
    }
}
