import LayerSkip

extension Output {
    /// Prints to standard error what had to be guessed about a tokenizer.
    static func note(about tokenizer: Tokenizer) { note(tokenizer.notes) }

    /// Prints to standard error what texts lose in encoding, each loss once.
    static func note(lossIn texts: [String], _ tokenizer: Tokenizer) {
        var said: Set<String> = []
        note(texts.compactMap { tokenizer.loss(in: $0) }.filter { said.insert($0).inserted })
    }

    /// Prints notes to standard error, one per line.
    static func note(_ notes: [String]) {
        for text in notes { note("note: " + text) }
    }
}
