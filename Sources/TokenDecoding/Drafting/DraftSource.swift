/// What proposed a draft.
public enum DraftSource: String, Sendable, Codable, CaseIterable {
    /// What followed an earlier occurrence of the text's last tokens.
    case lookup
    /// The first layers and the head.
    case earlyExit = "early-exit"
    /// A copy of the model's weights in smaller formats.
    case lowBit = "low-bit"
    /// Earlier text as far as the first layers agree with it, and what they draft behind it.
    case cascade
}
