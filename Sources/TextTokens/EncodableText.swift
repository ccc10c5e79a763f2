/// A text with its whole tokens cut out and the rest normalized.
struct EncodableText {
    /// The text; parts are ranges of it.
    private(set) var utf8: [UInt8]
    private(set) var parts: [SpecialTokenFinder.Part]
    /// Whether the names of special tokens in the text become these tokens.
    private(set) var parsesSpecialTokens = false
    /// The steps that are left for regular expressions.
    private(set) var patternSteps = ScalarPattern.stepLimit

    /// Divides a text.
    init(_ utf8: [UInt8], _ tokenizer: Tokenizer, parsingSpecialTokens: Bool) throws(TokenizerError) {
        let finder = parsingSpecialTokens ? tokenizer.specialTokens : tokenizer.userTokens
        try self.init(utf8, finder, tokenizer)
        parsesSpecialTokens = parsingSpecialTokens
    }

    /// Divides a prompt with known structure. The segments count as one text, but special tokens are found only within
    /// the structure.
    ///
    /// A special token that is matched in normalized text is found only between whole tokens that have nothing but
    /// structure between them, because a normalizer does not tell which of its output comes from which segment.
    init(_ segments: [TextSegment], _ tokenizer: Tokenizer) throws(TokenizerError) {
        var utf8: [UInt8] = []
        var structure = OrderedRanges()
        for segment in segments {
            let start = utf8.count
            utf8 += segment.text.utf8
            if case .structure = segment { structure.append(start..<utf8.count) }
        }
        let kinds = tokenizer.kinds
        try self.init(utf8, tokenizer.specialTokens, tokenizer, structure: structure) { match, structure in
            !kinds[Int(match.token)].isSpecial || structure.contains(match.range)
        }
    }

    /// - Parameters:
    ///   - structure: the ranges of the text that are the model's own format.
    ///   - isAllowed: whether an occurrence of a token becomes the token.
    private init(
        _ utf8: [UInt8], _ finder: WholeTokenFinder, _ tokenizer: Tokenizer, structure: OrderedRanges = OrderedRanges(),
        where isAllowed: (SpecialTokenFinder.Match, OrderedRanges) -> Bool = { _, _ in true }
    ) throws(TokenizerError) {
        let parts = finder.parts(of: utf8.span, in: utf8.indices) { isAllowed($0, structure) }
        guard !tokenizer.normalizer.isEmpty else {
            self.utf8 = utf8
            self.parts = finder.furtherParts(of: utf8.span, parts) { isAllowed($0, structure) }
            return
        }
        var text: [UInt8] = []
        var normalized: [SpecialTokenFinder.Part] = []
        var normalizedStructure = OrderedRanges()
        var limits = RewritingLimits(textLength: utf8.count)
        for part in parts {
            guard case .text(let range) = part else {
                normalized.append(part)
                continue
            }
            let start = text.count
            // A text without whole tokens is not copied.
            let rewritten = try tokenizer.normalizer.normalized(
                range == utf8.indices ? utf8 : Array(utf8[range]), within: &limits)
            if start == 0 { text = rewritten } else { text += rewritten }
            guard text.count > start else { continue }
            normalized.append(.text(start..<text.count))
            if structure.contains(range) { normalizedStructure.append(start..<text.count) }
        }
        patternSteps = limits.patternSteps
        self.utf8 = text
        self.parts = finder.furtherParts(of: text.span, normalized) { isAllowed($0, normalizedStructure) }
    }

    /// Whether the text begins with this token.
    func begins(with token: Int32?) -> Bool {
        guard case .token(let first)? = parts.first else { return false }
        return first == token
    }
}
