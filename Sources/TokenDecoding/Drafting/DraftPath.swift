/// How rows of a draft run: through which layers, with which weights and rows of the head.
package struct DraftPath: Sendable, Hashable {
    /// The weights of layers and head.
    package enum Weights: Sendable, Hashable {
        /// The model's own. Verification continues behind the layers that drafted.
        case own
        /// Those of the copy in smaller formats. Verification runs all layers, which overwrites keys and values.
        case lowBit
    }

    /// The number of layers: 1 to L - 1, or L with a low-bit copy.
    package let layers: Int
    package let weights: Weights
    /// Whether only the tokens of the draft vocabulary can be drafted.
    package let usesDraftVocabulary: Bool

    package init(layers: Int, weights: Weights = .own, usesDraftVocabulary: Bool = false) {
        self.layers = layers
        self.weights = weights
        self.usesDraftVocabulary = usesDraftVocabulary
    }

    /// The source that drafts on this path are attributed to.
    var source: DraftSource { weights == .lowBit ? .lowBit : .earlyExit }
}
