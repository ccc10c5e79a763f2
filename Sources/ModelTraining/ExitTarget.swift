/// What the loss of an early exit compares the exit's distribution p with: the text, or q, the distribution of the last
/// layer. This is the teacher's last layer if there is a teacher, and otherwise that of the model in training, in the same
/// step, with the same dropped layers. q is a constant to the gradient.
///
/// Drafts are accepted if p resembles q, whatever the text says. So losses with q teach what speculative decoding needs.
public enum ExitTarget: String, Sendable, CaseIterable {
    /// Cross-entropy with the text's next token, as in LayerSkip's equation 5.
    case text
    /// KL(q || p) (DistillSpec, arXiv 2310.08461; Kangaroo, arXiv 2404.18911).
    case model
    /// Both: ``EarlyExitLoss/textShare`` of `text` and the rest of `model`.
    case mixed
    /// -ln of the sum of min(p, q), the probability that a sampled draft is accepted (LK-alpha, arXiv 2602.23881).
    case acceptance
    /// From `model` to 1 - sum of min(p, q) as the exit improves (LK-lambda, arXiv 2602.23881).
    case mixedAcceptance = "mixed-acceptance"
    /// Cross-entropy with the last layer's most likely token, which greedy decoding accepts.
    case argmax

    /// Whether the loss needs q.
    var needsDistribution: Bool { self != .text }
}

/// What the loss of the last layer compares its distribution p with.
public enum LastTarget: String, Sendable, CaseIterable {
    /// Cross-entropy with the text's next token.
    case text
    /// KL(q || p), where q is the teacher's distribution.
    case teacher
}
