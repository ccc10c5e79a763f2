/// Changes that methods and filters share.
extension Rendering {
    /// The text without the given characters, or without white space, at its ends.
    func stripped(_ text: MarkedText, _ ends: MarkedText.Ends, _ characters: Value?) throws(TemplateError) -> MarkedText
    {
        var range = text.bytes.indices
        switch characters {
        case nil, .some(.none): range = text.stripRange(ends) { $0.isPythonSpace }
        case .some(let characters):
            let set = Set(try characters.asText("the characters to remove", self).scalars)
            range = text.stripRange(ends) { set.contains($0) }
        }
        try count(steps: (text.bytes.count - range.count) / 4)
        return text[range]
    }

    /// The text with a part replaced, at most `limit` times unless it is negative.
    func replaced(_ text: MarkedText, _ old: MarkedText, _ new: MarkedText, limit: Int) throws(TemplateError)
        -> MarkedText
    {
        try count(bytes: text.bytes.count)
        let limit = limit < 0 ? Int.max : limit
        let places =
            old.isEmpty
            ? Array(text.offsets.prefix(limit)) : text.occurrences(of: old.bytes, limit: limit)
        let (growth, overflows) = places.count.multipliedReportingOverflow(by: new.size + 2 * MarkedText.sizeOfChange)
        try count(bytes: overflows ? .max : text.bytes.count &+ growth)
        try count(steps: places.count)
        guard !places.isEmpty else { return text }
        var result = MarkedText.empty
        var start = 0
        for place in places {
            result.append(text, start..<place)
            result.append(new)
            start = place + old.bytes.count
        }
        result.append(text, start..<text.bytes.count)
        return result
    }

    /// The texts with a separator between them.
    func joined(_ parts: [MarkedText], separator: MarkedText) throws(TemplateError) -> MarkedText {
        let separators = max(0, parts.count - 1) * (separator.size + MarkedText.sizeOfChange)
        try count(bytes: parts.reduce(separators) { $0 + $1.size + MarkedText.sizeOfChange })
        var result = MarkedText.empty
        for (index, part) in parts.enumerated() {
            if index > 0 { result.append(separator) }
            result.append(part)
        }
        return result
    }
}

extension MarkedText {
    enum Ends { case start, end, both }

    /// The range that is left when characters at the ends are removed.
    func stripRange(_ ends: Ends, _ isRemoved: (Unicode.Scalar) -> Bool) -> Range<Int> {
        var (start, end) = (0, bytes.count)
        if ends != .end {
            while start < end, isRemoved(scalar(at: start)) { start = self.end(ofCharacterAt: start) }
        }
        if ends != .start {
            while end > start, isRemoved(scalar(at: self.start(ofCharacterBefore: end))) {
                end = self.start(ofCharacterBefore: end)
            }
        }
        return start..<end
    }
}
