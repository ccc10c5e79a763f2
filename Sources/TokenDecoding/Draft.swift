public import LanguageModels
public import TensorCore

/// Tokens proposed to follow the text, with what their making leaves for verification to use.
public struct Draft: Sendable {
    /// The proposed tokens, in order.
    public var tokens: [Token] = []
    /// What each token was drawn from: as many as `tokens`.
    public var distributions: [Distribution] = []
    /// How many layers the rows in `hidden` have been through, and so how many of the cache's layers run ahead.
    public var layersSeen = 0
    /// Rows [1, width] of the pending token and of as many drafted ones as were run, at most one more than `tokens`:
    /// the residual stream entering layer `layersSeen`, which verification need not compute again (the paper's exit
    /// query cache).
    public var hidden: [Tensor] = []

    /// A draft of nothing: verification then is plain decoding.
    public init() {}

    /// Makes it a draft of nothing, whose memory the next one uses.
    mutating func removeAll() {
        tokens.removeAll(keepingCapacity: true)
        distributions.removeAll(keepingCapacity: true)
        layersSeen = 0
        hidden.removeAll(keepingCapacity: true)
    }
}

/// What a drafter may look at.
public struct DraftingContext<Model: LanguageModel> {
    /// The full model.
    public let model: Model
    /// The text so far; its last token is pending, that is, not in the cache yet.
    public let tokens: [Token]
    /// The most tokens to draft.
    public let limit: Int
}

/// A way to propose tokens cheaply. One file each.
public protocol Drafter: ~Copyable, Sendable {
    /// The most tokens to propose in a round.
    var draftLength: Int { get }

    /// Proposes at most `context.limit` tokens.
    ///
    /// A drafter that runs layers leaves their keys and values in the cache and says how many in `layersSeen`.
    ///
    /// - Parameters:
    ///   - draft: of nothing yet.
    ///   - sampler: turns logits into distributions.
    ///   - report: is to be told of each token as soon as it is drafted.
    mutating func propose<Model: LanguageModel>(
        _ draft: inout Draft, _ context: DraftingContext<Model>, sampler: inout Sampler, cache: inout KVCache,
        report: (Token) -> Void)
}

/// Proposes nothing: plain decoding, and early exit where the model is ``Truncated``.
public struct NoDrafter: Drafter {
    public let draftLength = 0

    /// A drafter that has nothing to set up.
    public init() {}

    public mutating func propose<Model: LanguageModel>(
        _ draft: inout Draft, _ context: DraftingContext<Model>, sampler: inout Sampler, cache: inout KVCache,
        report: (Token) -> Void
    ) {}
}
