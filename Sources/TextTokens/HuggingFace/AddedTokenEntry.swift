import QuotedText

/// An entry of a tokenizer.json's `added_tokens`.
struct AddedTokenEntry {
    let id: Int32
    /// The id that the file states.
    let stated: Int
    let text: String
    let isSpecial: Bool
    let flags: MatchingFlags
}

extension TokenizerDefinition {
    /// Reads the added tokens. Those that the vocabulary lacks are appended to it.
    static func addedTokens(
        _ file: JSONPlace, _ vocabulary: inout Vocabulary
    ) throws(TokenizerError) -> [AddedTokenEntry] {
        var entries: [AddedTokenEntry] = []
        for place in try file["added_tokens"]?.items() ?? [] {
            let text = try place.required("content").text()
            let isSpecial = try place.flag("special")
            var flags: MatchingFlags = []
            if try place.flag("normalized") { flags.insert(.normalized) }
            if try place.flag("lstrip") { flags.insert(.stripsLeft) }
            if try place.flag("rstrip") { flags.insert(.stripsRight) }
            if try place.flag("single_word") { flags.insert(.singleWord) }
            let stated = try place.required("id").count()
            // The library ignores empty ones.
            if text.isEmpty { continue }
            let id = try vocabulary.add(text, place)
            entries.append(
                AddedTokenEntry(id: id, stated: stated, text: text, isSpecial: isSpecial, flags: flags))
        }
        return entries
    }

    /// Notes added tokens whose ids the file states otherwise.
    mutating func noteMovedTokens(_ added: [AddedTokenEntry]) {
        let moved = added.filter { Int($0.id) != $0.stated }.map(\.text)
        note(moved, "added tokens have the ids that Hugging Face's library gives them, not the stated ones")
    }
}
