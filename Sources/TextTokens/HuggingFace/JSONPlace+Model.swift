import QuotedText

extension JSONPlace {
    /// The type of a `model`. Older files do not state it; Hugging Face's library then takes the first that fits.
    func modelType() throws(TokenizerError) -> String {
        if let type = self["type"] { return try type.text() }
        if self["merges"] != nil { return "BPE" }
        if case .list = try required("vocab").value { return "Unigram" }
        return self["continuing_subword_prefix"] != nil ? "WordPiece" : "WordLevel"
    }

    /// Refuses settings of BPE that change ids in an unsupported way.
    func checkMerging() throws(TokenizerError) {
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let affix = self[key], try !affix.text().isEmpty {
                throw affix.mismatch("none", found: try affix.text().quoted)
            }
        }
        if let dropout = self["dropout"], try dropout.number() != 0 {
            throw dropout.mismatch("0, as the same text must have the same ids", found: "\(try dropout.number())")
        }
    }

    /// The merges: lists of two texts or, in older files, texts with a space between both.
    func merges() throws(TokenizerError) -> [String] {
        let place = try required("merges")
        guard case .list(let items) = place.value else { throw place.mismatch("a list") }
        var merges: [String] = []
        merges.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            switch item {
            case .text(let text): merges.append(text)
            case .list(let halves):
                guard halves.count == 2, case .text(let left) = halves[0], case .text(let right) = halves[1] else {
                    fallthrough
                }
                // A space separates both in the definition.
                guard !left.utf8.contains(UInt8(ascii: " ")), !right.utf8.contains(UInt8(ascii: " ")) else {
                    throw place.mismatch("merges of texts without spaces", found: "merge \(index)")
                }
                merges.append(left + " " + right)
            default: throw place.mismatch("two texts in merge \(index)", found: item.kind)
            }
        }
        return merges
    }
}
