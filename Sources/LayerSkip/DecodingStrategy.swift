/// Which layers make the text.
public enum DecodingStrategy: Sendable, Equatable {
    /// All layers, a token at a time.
    case plain
    /// The first layers alone: faster, and another text than the full model's.
    case earlyExit(exitLayer: Int)
    /// The first layers draft, all layers verify: the full model's text, faster where drafts are accepted.
    case selfSpeculative(exitLayer: Int, draftLength: Int)
}
