import LayerSkip

extension Output {
    /// Prints to standard error what had to be guessed about a tokenizer.
    static func note(about tokenizer: Tokenizer) { note(tokenizer.notes) }

    /// Prints to standard error what texts lose in encoding, each loss once.
    static func note(lossIn texts: [String], _ tokenizer: Tokenizer) {
        note(texts.compactMap { tokenizer.loss(in: $0) })
    }

    /// Prints notes to standard error, one per line, and each once.
    static func note(_ notes: [String]) {
        var said: Set<String> = []
        for text in notes where said.insert(text).inserted { note("note: " + text) }
    }
}
