/// A text with its whole tokens cut out and the rest normalized.
struct EncodableText {
    /// The text; parts are ranges of it.
    private(set) var utf8: [UInt8]
    private(set) var parts: [SpecialTokenFinder.Part]
    /// Whether the names of special tokens in the text become these tokens.
    private(set) var parsesSpecialTokens = false

    /// Divides a text.
    init(_ utf8: [UInt8], _ tokenizer: Tokenizer, parsingSpecialTokens: Bool) throws(TokenizerError) {
        let finder = parsingSpecialTokens ? tokenizer.specialTokens : tokenizer.userTokens
        try self.init(utf8, finder.parts(of: utf8.span, in: utf8.indices), finder, tokenizer)
        parsesSpecialTokens = parsingSpecialTokens
    }

    /// Divides a text whose special tokens are known.
    init(_ segments: [TextSegment], _ tokenizer: Tokenizer) throws(TokenizerError) {
        var utf8: [UInt8] = []
        var parts: [SpecialTokenFinder.Part] = []
        var start = 0
        func append(_ token: Int32) {
            parts += tokenizer.userTokens.parts(of: utf8.span, in: start..<utf8.count)
            parts.append(.token(token))
            start = utf8.count
        }
        for segment in segments {
            switch segment {
            case .plain(let text): utf8 += text.utf8
            case .beginningOfText:
                if let beginningOfText = tokenizer.beginningOfText { append(beginningOfText) }
            case .special(let text):
                guard let id = tokenizer.specialToken(text) else { throw .missingSpecialToken(text) }
                append(id)
            }
        }
        parts += tokenizer.userTokens.parts(of: utf8.span, in: start..<utf8.count)
        try self.init(utf8, parts, tokenizer.userTokens, tokenizer)
    }

    private init(
        _ utf8: [UInt8], _ parts: [SpecialTokenFinder.Part], _ finder: WholeTokenFinder, _ tokenizer: Tokenizer
    ) throws(TokenizerError) {
        guard !tokenizer.normalizer.isEmpty else {
            self.utf8 = utf8
            self.parts = finder.furtherParts(of: utf8.span, parts)
            return
        }
        var text: [UInt8] = []
        text.reserveCapacity(utf8.count + utf8.count / 8)
        var normalized: [SpecialTokenFinder.Part] = []
        for part in parts {
            guard case .text(let range) = part else {
                normalized.append(part)
                continue
            }
            let start = text.count
            text += try tokenizer.normalizer.normalized(utf8[range])
            if text.count > start { normalized.append(.text(start..<text.count)) }
        }
        self.utf8 = text
        self.parts = finder.furtherParts(of: text.span, normalized)
    }

    /// Whether the text begins with this token.
    func begins(with token: Int32?) -> Bool {
        guard case .token(let first)? = parts.first else { return false }
        return first == token
    }
}
