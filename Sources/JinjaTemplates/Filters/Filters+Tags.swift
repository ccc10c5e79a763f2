extension Filters {
    /// The text without the comments and tags of HTML, and with single spaces between words.
    @Sendable static func stripTags(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        var text = try rendering.text(value)
        text.isMarkup = false
        try rendering.count(characters: text.bytes.count)
        let words = text.withoutTags.words(.max)
        try rendering.count(steps: 3 * words.count)
        text = try rendering.joined(words, separator: MarkedText(" "))
        if text.hasEntity { throw rendering.unsupported("the filter striptags of a text with entities of HTML") }
        return .text(text)
    }
}

extension MarkedText {
    /// The text up to the first tag or comment without an end, without those before, and with all that follows.
    fileprivate var withoutTags: MarkedText {
        let (comment, commentEnd) = (Array("<!--".utf8), Array("-->".utf8))
        var result = MarkedText.empty
        var position = 0
        while let start = find([UInt8(ascii: "<")], from: position, to: bytes.count) {
            let isComment = matches(comment, at: start)
            let end = isComment ? commentEnd : [UInt8(ascii: ">")]
            guard let found = find(end, from: start + (isComment ? comment.count : 0), to: bytes.count) else { break }
            result.append(self, position..<start)
            position = found + end.count
        }
        result.append(self, position..<bytes.count)
        return result
    }

    /// Whether a part such as `&amp;` or `&lt` may stand for another character. Spaces are the only white space.
    fileprivate var hasEntity: Bool {
        zip(bytes, bytes.dropFirst()).contains { sign, next in
            sign == UInt8(ascii: "&") && !" <&;".utf8.contains(next)
        }
    }
}
