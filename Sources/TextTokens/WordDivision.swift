/// How the text between whole tokens is divided into words.
enum WordDivision: Sendable {
    /// By a pre-tokenizer.
    case steps(PreTokenizer)
    /// Before the marks of spaces, where merges never cross these places.
    case beforeMarks
    /// Not at all.
    case whole
}

extension WordEncoder {
    /// Encodes a text.
    ///
    /// - Parameter progress: called with the number of bytes done; returns whether to continue.
    /// - Returns: whether all words were encoded.
    mutating func append(
        _ text: EncodableText, _ division: WordDivision, progress: (Int) -> Bool
    ) throws(TokenizerError) -> Bool {
        for part in text.parts {
            switch part {
            case .token(let id): append(id)
            case .text(let range):
                guard try append(text.utf8.span, range, division, progress: progress) else { return false }
            }
        }
        return true
    }

    private mutating func append(
        _ text: Span<UInt8>, _ part: Range<Int>, _ division: WordDivision, progress: (Int) -> Bool
    ) throws(TokenizerError) -> Bool {
        var start = part.lowerBound
        switch division {
        case .whole:
            guard progress(start) else { return false }
            if !part.isEmpty { appendWord(text, part) }
        case .beforeMarks:
            var reported = start
            guard progress(start) else { return false }
            while start < part.upperBound {
                if start - reported > PreTokenizer.stretch {
                    guard progress(start) else { return false }
                    reported = start
                }
                let end = MarkedWords.wordEnd(text, from: start, to: part.upperBound)
                appendWord(text, start..<end)
                start = end
            }
        case .steps(let preTokenizer):
            while start < part.upperBound {
                guard progress(start) else { return false }
                let stretchEnd = preTokenizer.stretchEnd(in: text, from: start, to: part.upperBound)
                for end in preTokenizer.wordEnds(in: text, start..<stretchEnd) {
                    appendWord(text, start..<end)
                    start = end
                }
            }
        }
        return true
    }
}
