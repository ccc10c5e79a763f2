import QuotedText

extension JSONPlace {
    /// The ids that a `post_processor` adds before and after those of a single text.
    ///
    /// - Throws: ``TokenizerError/malformedFile(place:expected:found:)`` for a processor of an unknown type, or one
    ///   that does more than that.
    func endsOfText() throws(TokenizerError) -> (prefix: [Int], suffix: [Int]) {
        switch try type() {
        // Only affects offsets, not ids.
        case "ByteLevel": return ([], [])
        case "TemplateProcessing": return try endsOfTemplate()
        case "RobertaProcessing", "BertProcessing":
            return ([try required("cls").namedID()], [try required("sep").namedID()])
        case "Sequence":
            var found: (prefix: [Int], suffix: [Int]) = ([], [])
            for part in try required("processors").items() {
                let ends = try part.endsOfText()
                if ends.prefix.isEmpty, ends.suffix.isEmpty { continue }
                guard found.prefix.isEmpty, found.suffix.isEmpty else {
                    throw mismatch("one processor that adds tokens", found: "several")
                }
                found = ends
            }
            return found
        default:
            throw try unsupported([
                "ByteLevel", "TemplateProcessing", "RobertaProcessing", "BertProcessing", "Sequence",
            ])
        }
    }

    /// The id in a list of a token's text and id.
    private func namedID() throws(TokenizerError) -> Int {
        let parts = try items()
        guard parts.count == 2 else { throw mismatch("a token's text and id", found: "\(parts.count) values") }
        return try parts[1].count()
    }

    private func endsOfTemplate() throws(TokenizerError) -> (prefix: [Int], suffix: [Int]) {
        var ends: (prefix: [Int], suffix: [Int]) = ([], [])
        var isAfterText = false
        let template = try required("single")
        for item in try template.items() {
            if let text = item["Sequence"] {
                guard !isAfterText, try text.required("id").text() == "A" else {
                    throw template.mismatch("a template of one text", found: "other texts")
                }
                isAfterText = true
                continue
            }
            guard let name = try item["SpecialToken"]?.required("id").text() else {
                throw item.mismatch("\"Sequence\" or \"SpecialToken\"")
            }
            guard let token = self["special_tokens"]?[name] else {
                throw item.mismatch("a name in special_tokens", found: name.quoted)
            }
            var ids: [Int] = []
            for id in try token.required("ids").items() { ids.append(try id.count()) }
            if isAfterText { ends.suffix += ids } else { ends.prefix += ids }
        }
        guard isAfterText else { throw template.mismatch("a template of one text", found: "none") }
        return ends
    }
}
