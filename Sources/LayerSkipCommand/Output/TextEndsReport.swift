import LayerSkip

/// The tokens that begin and end a model's texts, as JSON and as text.
struct TextEndsReport: Encodable {
    let beginOfText: Nullable<TokenReport>
    /// Whether a prompt begins with the beginning-of-text token.
    let addsBeginOfText: Bool
    let endsOfText: [TokenReport]

    struct TokenReport: Encodable {
        let id: Token
        let text: Nullable<String>

        var summary: String { "\(id)" + (text.value.map { " \($0.quoted)" } ?? " (no token)") }
    }

    init(_ ends: CheckpointSummary.TextEnds) {
        func report(_ id: Token) -> TokenReport { TokenReport(id: id, text: Nullable(ends.texts[id])) }
        beginOfText = Nullable(ends.beginning.map(report))
        addsBeginOfText = ends.addsBeginning
        endsOfText = ends.ends.map(report)
    }

    /// The beginning in words.
    var beginning: String {
        guard let token = beginOfText.value else { return "with no special token" }
        return addsBeginOfText ? "with \(token.summary)" : "with no special token (\(token.summary) is not added)"
    }

    /// The ends in words.
    var ends: String {
        endsOfText.isEmpty ? "with no token" : "with " + endsOfText.map(\.summary).joined(separator: ", ")
    }
}
