import LayerSkip

extension Output {
    /// Prints to standard error which of LongRoPE's factors texts use; nothing for other models.
    ///
    /// - Parameter contexts: the context of each text; nil for the model's.
    static func note(longRoPEOf model: TextModel, contexts: [Int?]) {
        guard let shortContext = model.shortContext else { return }
        let contexts = contexts.map { $0 ?? model.shape.contextLength }
        let short = contexts.filter { $0 <= shortContext }.count
        let others = contexts.count - short
        func part(_ count: Int, _ factors: String, _ texts: String) -> String? {
            guard count > 0 else { return nil }
            return "the \(factors) factors are used for \(count.counted("text")) of \(texts)"
        }
        let longest = contexts.max() ?? shortContext
        let parts = [
            part(short, "short", "at most \(shortContext) tokens"), part(others, "long", "up to \(longest) tokens"),
        ]
        note("note: LongRoPE: " + parts.compactMap(\.self).joined(separator: ", "))
    }
}
