/// What proposed a draft.
public enum DraftSource: String, Sendable, Codable, CaseIterable {
    /// What followed an earlier occurrence of the text's last tokens.
    case lookup
    /// The first layers and the head.
    case earlyExit = "early-exit"
}
