package import TensorCore

/// A decoder-only transformer as three functions, and a shorter form of the second. Everything that LayerSkip does
/// happens between them.
///
/// Models know nothing of drafts, exits or caches: the caller decides which blocks run on which rows, and which rows
/// get logits.
package protocol LanguageModel: Sendable {
    /// The number of transformer blocks, L, without an exit block.
    var layerCount: Int { get }
    /// The number of token ids; logits have one column for each.
    var vocabularySize: Int { get }
    /// The most positions that the model was trained for.
    var contextLength: Int { get }
    /// The largest context whose texts rotate positions by LongRoPE's short factors; nil if all texts rotate alike.
    var shortContext: Int? { get }
    /// Whether RoPE's frequencies depend on the length of texts beyond the context.
    var hasDynamicRoPE: Bool { get }
    /// The heads of each layer's attention.
    var attention: AttentionShape { get }
    /// The size of the weights in memory, in bytes.
    var weightByteCount: Int { get }
    /// The bytes of weights that decoding a token reads: all except an embedding that is not also the head, and an exit
    /// block.
    var bytesReadPerToken: Int { get }
    /// The exit with a block of its own before the head, which has the index `layerCount`; nil if no exit has one.
    var exitBlock: Int? { get }
    /// The context that the model computes with.
    var compute: ComputeContext { get }

    /// Returns token embeddings: [tokens.count, width]. Every id must be in 0..<vocabularySize.
    func embed(_ tokens: Span<Token>) -> Tensor

    /// Applies block `index`, 0...layerCount with an exit block, to rows x: [n, width] -> [n, width]. The memory
    /// determines the rows' positions.
    func block(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor

    /// Stores only keys and values of block `index`, for rows whose output is not needed, such as a prompt's in the
    /// last block.
    func storeKeysAndValues(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable)

    /// Runs blocks `layers`, one after the other.
    func run(_ layers: Range<Int>, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor

    /// Applies the final norm and the head, which all exits share: [n, width] -> [n, vocabularySize].
    func logits(_ x: Tensor) -> Tensor

    /// Packs the head's rows of some tokens for drafts: at least one token, each once.
    func draftVocabulary(_ tokens: [Token]) -> DraftVocabulary

    /// The head's row of a token, dequantized: `width` values.
    func headRow(_ token: Token) -> [Float]

    /// Applies the final norm and the rows of the head that drafts use: [n, width] -> [n, head.tokens.count].
    func logits(_ x: Tensor, of head: borrowing DraftHead) -> Tensor
}

extension LanguageModel {
    package var shortContext: Int? { nil }
    package var hasDynamicRoPE: Bool { false }
    package var exitBlock: Int? { nil }

    /// Returns token embeddings: [tokens.count, width]. Every id must be in 0..<vocabularySize.
    package func embed(_ tokens: [Token]) -> Tensor { embed(tokens.span) }

    /// By default all weights.
    package var bytesReadPerToken: Int { weightByteCount }

    /// By default runs the whole block.
    package func storeKeysAndValues(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) {
        _ = block(index, x, &memory)
    }

    /// By default without rows, so that all logits are computed.
    package func draftVocabulary(_ tokens: [Token]) -> DraftVocabulary { DraftVocabulary(tokens, nil) }

    /// By default unused.
    package func headRow(_ token: Token) -> [Float] { [] }

    /// By default some of all logits.
    package func logits(_ x: Tensor, of head: borrowing DraftHead) -> Tensor {
        compute.columns(head.tokens, of: logits(x))
    }

    package func run(
        _ layers: Range<Int>, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable
    ) -> Tensor {
        runOneByOne(layers, x, &memory)
    }

    /// Runs blocks `layers` by calls of ``block(_:_:_:)``.
    package func runOneByOne(
        _ layers: Range<Int>, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable
    ) -> Tensor {
        var x = x
        for layer in layers { x = block(layer, x, &memory) }
        return x
    }
}

/// The keys and values that attention reads: a cache in decoding, the batch itself in training.
package protocol AttentionMemory: ~Copyable {
    /// Rotates each row at its own position, appends keys and values, and attends causally.
    ///
    /// - Parameters:
    ///   - layer: the layer's index; each layer has its own keys and values.
    ///   - queries: [n, heads * headDimension], not yet rotated.
    ///   - keys: [n, keyValueHeads * headDimension], not yet rotated.
    ///   - values: [n, keyValueHeads * headDimension].
    ///   - rule: the rotation of the layer and its sliding window.
    /// - Returns: [n, heads * headDimension].
    mutating func attend(
        layer: Int, queries: Tensor, keys: Tensor, values: Tensor, rule: PositionRule
    ) -> Tensor

    /// Rotates and appends keys and values as ``attend(layer:queries:keys:values:rule:)`` does, for rows without
    /// queries.
    mutating func append(layer: Int, keys: Tensor, values: Tensor, rule: PositionRule)

    /// Appends `count` rows, without contents, to each of some layers, and calls `body` with the texts' rows, in which
    /// it stores keys and values.
    ///
    /// - Returns: nil, without changing anything, if keys and values are not in a cache, or the layers' lengths differ.
    mutating func extend(
        layers: Range<Int>, by count: Int, _ body: (Span<CachedRows>) -> Tensor
    ) -> Tensor?
}

extension AttentionMemory where Self: ~Copyable {
    /// By default nil.
    package mutating func extend(
        layers: Range<Int>, by count: Int, _ body: (Span<CachedRows>) -> Tensor
    ) -> Tensor? { nil }
}
