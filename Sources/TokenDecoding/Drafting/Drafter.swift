package import LanguageModels

/// A method of proposing tokens cheaply. Each has its own file.
///
/// It only decides the next step; the engine runs layers, for all texts at once, and draws the tokens.
package protocol Drafter: Sendable {
    /// The most tokens to propose in a round.
    var draftLength: Int { get }
    /// Whether it reads ``DraftingContext/confidences``, which take a pass over the logits of each drafted token.
    var needsConfidences: Bool { get }

    /// Returns how the draft continues. It is called until the draft has `context.limit` tokens or is
    /// ``DraftStep/done``.
    mutating func next(_ context: DraftingContext) -> DraftStep

    /// Receives the result of a round before the next one begins.
    mutating func learn(_ round: Round)

    /// The exits whose rows of the round that begins also go through the head, in ascending order; mostly none, because
    /// that takes time.
    ///
    /// - Parameter layerCount: the number of layers that determine the text.
    mutating func observedExits(_ costs: CostModel, layerCount: Int) -> [Int]

    /// Receives what one of them would have drafted in the round.
    mutating func learn(_ observation: ExitObservation)

    /// Is called when the text is replaced or shortened, before the next round.
    mutating func restart()
}

extension Drafter {
    package var needsConfidences: Bool { false }

    package mutating func learn(_ round: Round) {}

    package mutating func observedExits(_ costs: CostModel, layerCount: Int) -> [Int] { [] }

    package mutating func learn(_ observation: ExitObservation) {}

    package mutating func restart() {}
}

/// The next step of a draft.
package enum DraftStep: Sendable {
    /// Runs the rows of the draft that have been through no layers yet on this path, and draws one more token from the
    /// head's logits of the last row. All such steps of a round must have the same path.
    case rows(DraftPath)
    /// Adds these tokens, up to the limit; an empty list ends the draft.
    case tokens(ArraySlice<Token>)
    /// Runs these tokens, up to the limit, through the first layers in one pass. Those before the first that the layers
    /// would not have drafted stay, and the layers' own token follows them: what they would have drafted one by one.
    /// Only the first step of a round, with the model's own weights and at least one token.
    case cascade(ArraySlice<Token>, DraftPath)
    /// The draft is complete.
    case done
}

/// The state of a round that a drafter can read.
package struct DraftingContext {
    /// The text so far; its last token is pending, which means not yet in the cache.
    package let tokens: [Token]
    /// The number of those that were given, and not generated.
    package let promptCount: Int
    /// The number of layers that determine the text.
    package let layerCount: Int
    /// The number of texts in the step; 1 for sampling with rejections.
    package let texts: Int
    /// The costs of passes; fixed ones for sampling with rejections.
    package let costs: CostModel
    /// The tokens drafted in this round.
    package let drafted: [Token]
    /// For each token drafted by layers, its probability in their softmax at temperature 1; empty unless the drafter
    /// needs it.
    package let confidences: [Double]
    /// The most tokens to draft in this round.
    package let limit: Int
    /// The share of new tokens that the draft vocabulary has.
    package let coverage: Double
}
