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
    /// Rows [1, width] of the pending token and of as many drafted ones as were run, at most one more than `tokens`: the
    /// residual stream entering layer `layersSeen`, which verification need not compute again (the paper's exit query
    /// cache).
    public var hidden: [Tensor] = []

    /// A draft of nothing: verification then is plain decoding.
    public init() {}
}

/// What a drafter may look at.
public struct DraftingContext<Model: LanguageModel> {
    /// The full model.
    public let model: Model
    /// The text so far; its last token is pending, that is, not in the cache yet.
    public let tokens: [Token]
    /// Turns logits into distributions.
    public let sampler: Sampler
    /// The most tokens to draft.
    public let limit: Int
    /// To be told of each token as soon as it is drafted.
    public let report: (Token) -> Void
}

/// A way to propose tokens cheaply. One file each.
public protocol Drafter: ~Copyable, Sendable {
    /// The most tokens to propose in a round.
    var draftLength: Int { get }

    /// Proposes at most `context.limit` tokens.
    ///
    /// A drafter that runs layers leaves their keys and values in the cache and says how many in `layersSeen`.
    mutating func draft<Model: LanguageModel>(
        _ context: DraftingContext<Model>, cache: inout KVCache
    ) -> Draft
}

/// Proposes nothing: plain decoding, and early exit where the model is ``Truncated``.
public struct NoDrafter: Drafter {
    public let draftLength = 0

    /// A drafter that has nothing to set up.
    public init() {}

    public mutating func draft<Model: LanguageModel>(
        _ context: DraftingContext<Model>, cache: inout KVCache
    ) -> Draft { Draft() }
}
