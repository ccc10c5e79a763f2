public import TensorCore

/// The id of a token in a model's vocabulary.
public typealias Token = Int32

/// A decoder-only transformer as three functions (and a shorter form of the second); everything that LayerSkip does
/// happens between them.
///
/// No model knows of drafts, exits or caches: whoever runs it decides which blocks run, on which rows, and what
/// `logits` is applied to.
public protocol LanguageModel: Sendable {
    /// Number of transformer blocks L.
    var layerCount: Int { get }
    /// Number of token ids; logits have one column for each.
    var vocabularySize: Int { get }
    /// The most positions that the model was trained for.
    var contextLength: Int { get }
    /// The heads of each layer's attention.
    var attention: AttentionShape { get }
    /// Bytes that the weights take in memory.
    var weightByteCount: Int { get }
    /// Bytes of weights that decoding a token reads: all, but for an embedding that is not the head, too.
    var bytesReadPerToken: Int { get }
    /// What the model computes with.
    var compute: ComputeContext { get }

    /// Token embeddings: [tokens.count, width]. Every id must lie in 0..<vocabularySize.
    func embed(_ tokens: Span<Token>) -> Tensor

    /// Block `index` applied to rows x: [n, width] -> [n, width]. The memory owns the rows' positions.
    func block(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor

    /// Stores only keys and values of block `index`, for rows whose output is not needed: those of a prompt in the last
    /// block.
    func storeKeysAndValues(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable)

    /// Final norm and head, shared by every exit: [n, width] -> [n, vocabularySize].
    func logits(_ x: Tensor) -> Tensor
}

extension LanguageModel {
    /// Token embeddings: [tokens.count, width]. Every id must lie in 0..<vocabularySize.
    public func embed(_ tokens: [Token]) -> Tensor { embed(tokens.span) }

    /// All weights.
    public var bytesReadPerToken: Int { weightByteCount }

    /// All of the block, for models that know no shorter way.
    public func storeKeysAndValues(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) {
        _ = block(index, x, &memory)
    }

    /// Blocks `layers`, one after the other.
    public func run(
        _ layers: Range<Int>, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable
    ) -> Tensor {
        var x = x
        for layer in layers { x = block(layer, x, &memory) }
        return x
    }
}

/// What attention looks back on: a cache while decoding, the batch itself while training.
public protocol AttentionMemory: ~Copyable {
    /// Rotates each row at its own position, appends keys and values, and attends causally.
    ///
    /// - Parameters:
    ///   - layer: which layer asks; each has keys and values of its own.
    ///   - queries: [n, heads * headDimension], not yet rotated.
    ///   - keys: [n, keyValueHeads * headDimension], not yet rotated.
    ///   - values: [n, keyValueHeads * headDimension].
    ///   - rotary: the model's rotation.
    /// - Returns: [n, heads * headDimension].
    mutating func attend(
        layer: Int, queries: Tensor, keys: Tensor, values: Tensor, rotary: RotaryEmbedding
    ) -> Tensor

    /// Rotates and appends as ``attend(layer:queries:keys:values:rotary:)`` does, for rows that ask nothing.
    mutating func append(layer: Int, keys: Tensor, values: Tensor, rotary: RotaryEmbedding)
}
