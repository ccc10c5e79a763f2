public import LanguageModels
import TokenDecoding

/// What a model gets for drafts when it is loaded.
///
/// Greedy and coupled texts do not depend on it. With ``Acceptance/rejection``, drafts influence sampled texts, so only a
/// copy that is asked for with a recipe drafts, and drafts choose from all tokens.
public struct DraftingOptions: Sendable, Hashable {
    /// A copy of the weights in smaller formats, which drafts for them.
    public enum LowBit: Sendable, Hashable {
        /// Makes a copy where it is expected to gain speed: if most weights have 16 bits or more, they do not fit into
        /// a processor's caches, and there is memory for twice the copy. ``TextModel/notes`` say how large it is.
        case automatic
        /// Makes no copy.
        case none
        /// Makes a copy with this recipe, which applies to matrices in F32, F16 or BF16.
        case recipe(QuantizationRecipe)
    }

    /// The tokens that drafts of layers choose from. The fewer there are, the faster is the head.
    public enum Vocabulary: Sendable, Hashable {
        /// A quarter of all tokens, and those of the text. ``DecodingStrategy/auto(exitLayers:)`` uses them where that
        /// is faster; ``DecodingStrategy/selfSpeculative(_:)`` drafts from all tokens.
        case automatic
        /// All tokens.
        case full
        /// So many tokens, at least 1, and those of the text, with both strategies. As many as the model has are all.
        case count(Int)
    }

    /// The copy of the weights.
    public var lowBit = LowBit.automatic
    /// The tokens that drafts choose from.
    public var vocabulary = Vocabulary.automatic

    /// Whether ``DecodingStrategy/auto(exitLayers:)`` also drafts what followed an earlier occurrence of the text's last
    /// tokens. Without, only the model's own layers draft, and what they gain can be measured.
    public var looksUp = true

    /// Makes what gains speed.
    public init() {}

    /// Throws if the options are invalid for every model.
    func validate() throws(GenerationError) {
        guard case .count(let count) = vocabulary, count < 1 else { return }
        throw .invalidOption(name: "draft vocabulary", expected: "1 or more tokens", found: "\(count)")
    }

    /// No copy of the weights, and drafts from all tokens.
    public static let none: DraftingOptions = {
        var options = DraftingOptions()
        options.lowBit = .none
        options.vocabulary = .full
        return options
    }()
}
