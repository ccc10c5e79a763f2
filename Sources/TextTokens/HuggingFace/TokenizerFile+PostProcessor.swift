import QuotedText

extension TokenizerFile {
    /// The ids that the post-processor adds before and after those of a single text.
    ///
    /// - Throws: ``TokenizerError/malformedFile(place:expected:found:)`` for a processor of an unknown type, or one
    ///   that does more than that.
    func ends() throws(TokenizerError) -> (first: Int?, last: Int?) {
        guard let post_processor else { return (nil, nil) }
        var found: (first: Int?, last: Int?)?
        for part in post_processor.type == "Sequence" ? post_processor.processors ?? [] : [post_processor] {
            let ends: (first: Int?, last: Int?)
            switch part.type {
            // Only affects offsets, not ids.
            case "ByteLevel": continue
            case "TemplateProcessing": ends = try Self.ends(ofTemplate: part)
            case "RobertaProcessing", "BertProcessing": ends = (part.cls?.id, part.sep?.id)
            default:
                throw Self.failure(
                    "post_processor",
                    expected: "ByteLevel, TemplateProcessing, RobertaProcessing, BertProcessing or a sequence of them",
                    found: part.type.quoted)
            }
            if found != nil {
                throw Self.failure("post_processor", expected: "one that adds tokens", found: "several")
            }
            found = ends
        }
        return found ?? (nil, nil)
    }

    private static func ends(ofTemplate part: Part) throws(TokenizerError) -> (first: Int?, last: Int?) {
        let template = part.single ?? []
        func fail(_ found: String) -> TokenizerError {
            failure(
                "post_processor",
                expected: "a template of one text with at most one token of the vocabulary at each end",
                found: found)
        }
        guard template.count(where: { $0.Sequence?.id == "A" }) == 1,
            let text = template.firstIndex(where: { $0.Sequence != nil }), template[text].Sequence?.id == "A"
        else { throw fail("other texts") }
        func token(_ items: ArraySlice<TemplateItem>) throws(TokenizerError) -> Int? {
            guard let item = items.first else { return nil }
            guard items.count == 1 else { throw fail("\(items.count)") }
            guard let name = item.SpecialToken?.id, let ids = part.special_tokens?[name]?.ids, ids.count == 1 else {
                throw fail(item.SpecialToken?.id.quoted ?? "no token")
            }
            return ids[0]
        }
        return (try token(template[..<text]), try token(template[(text + 1)...]))
    }
}
