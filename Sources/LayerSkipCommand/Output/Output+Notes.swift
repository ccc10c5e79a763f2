import LayerSkip

extension Output {
    /// Says on standard error what had to be guessed about a tokenizer, or gets lost.
    static func note(about tokenizer: Tokenizer) { note(tokenizer.notes) }

    /// Writes notes for people, a line each.
    static func note(_ notes: [String]) {
        for text in notes { note("note: " + text) }
    }
}
