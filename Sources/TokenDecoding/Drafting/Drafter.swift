public import LanguageModels

/// A way to propose tokens cheaply. One file each.
///
/// It only says what is to be done next: the engine runs layers, for all texts at once, and draws the tokens.
public protocol Drafter: Sendable {
    /// The most tokens to propose in a round.
    var draftLength: Int { get }
    /// Whether it reads ``DraftingContext/confidences``, which cost a pass over the logits of each drafted token.
    var needsConfidences: Bool { get }

    /// Says how the draft continues. Is asked until it has `context.limit` tokens, or ``DraftStep/done``.
    mutating func next(_ context: DraftingContext) -> DraftStep

    /// Is told how a round ended, before the next one begins.
    mutating func learn(_ round: Round)
}

extension Drafter {
    public var needsConfidences: Bool { false }

    public mutating func learn(_ round: Round) {}
}

/// How a draft continues.
public enum DraftStep: Sendable {
    /// The rows of the draft that have been through no layers yet run through the first `layers` ones, 1 to L - 1, and
    /// the head draws one more token from the last of them. In one round all such steps have the same number of layers.
    case rows(through: Int)
    /// These tokens, as far as the limit allows; none end the draft.
    case tokens(ArraySlice<Token>)
    /// The draft is complete.
    case done
}

/// What a drafter may look at.
public struct DraftingContext {
    /// The text so far; its last token is pending, that is, not in the cache yet.
    public let tokens: [Token]
    /// What has been drafted in this round.
    public let drafted: [Token]
    /// For each drafted token that layers drafted, the probability that their softmax, at temperature 1, gave it; empty
    /// unless the drafter needs it.
    public let confidences: [Double]
    /// The most tokens to draft in this round.
    public let limit: Int
}

/// What proposed a draft.
public enum DraftOrigin: Sendable, Equatable {
    /// The first `exitLayer` layers and the head.
    case earlyExit(exitLayer: Int)
    /// Tokens that no layer computed.
    case tokens
}

/// Proposes nothing: plain decoding.
public struct NoDrafter: Drafter {
    public let draftLength = 0

    /// A drafter that has nothing to set up.
    public init() {}

    public mutating func next(_ context: DraftingContext) -> DraftStep { .done }
}
