/// Rewrites texts before they are split into words, as a list of steps says.
struct Normalizer: Sendable {
    private let steps: [any TextRewriting]

    /// Creates a normalizer.
    ///
    /// - Throws: ``TokenizerError`` if a step's regular expression or table of replacements is invalid.
    init(_ steps: [NormalizerStep]) throws(TokenizerError) {
        var rewritings: [any TextRewriting] = []
        for step in steps { rewritings.append(try step.rewriting()) }
        self.steps = rewritings
    }

    /// Whether texts stay as they are.
    var isEmpty: Bool { steps.isEmpty }

    /// Returns the rewritten text.
    ///
    /// - Throws: ``TokenizerError`` if a regular expression takes too many steps, or the text grows too much: the file
    ///   of a stranger may double it again and again.
    func normalized(_ text: [UInt8]) throws(TokenizerError) -> [UInt8] {
        let limit = 64 * text.count + (1 << 20)
        var text = text
        for step in steps {
            text = try step.rewritten(text, atMost: limit)
            try Self.check(text.count, atMost: limit)
        }
        return text
    }

    /// Throws if a rewritten text has more bytes than allowed.
    static func check(_ count: Int, atMost limit: Int) throws(TokenizerError) {
        guard count > limit else { return }
        throw .malformedFile(
            place: "normalizer", expected: "at most \(limit) bytes of rewritten text", found: "more")
    }
}

/// A step of a ``Normalizer``, ready to use.
protocol TextRewriting: Sendable {
    /// Returns the rewritten text. Steps whose result can be many times as long as the text throw if it has more bytes
    /// than allowed.
    func rewritten(_ text: [UInt8], atMost limit: Int) throws(TokenizerError) -> [UInt8]
}

extension NormalizerStep {
    fileprivate func rewriting() throws(TokenizerError) -> any TextRewriting {
        switch self {
        case .nfc: NormalizationForm.nfc
        case .nfd: NormalizationForm.nfd
        case .nfkc: NormalizationForm.nfkc
        case .nfkd: NormalizationForm.nfkd
        case .lowercase: CharacterRewriting.lowercase
        case .stripAccents: CharacterRewriting.stripAccents
        case .strip(let left, let right): WhitespaceStripping(left: left, right: right)
        case .prepend(let prefix): Prefixing(prefix: Array(prefix.utf8))
        case .replace(.text(""), let replacement): try PatternReplacement("", with: replacement)
        case .replace(.text(let text), let replacement): TextReplacement(text, with: replacement)
        case .replace(.regex(let pattern), let replacement): try PatternReplacement(pattern, with: replacement)
        case .precompiled(let charsmap): ClusterReplacement(try Charsmap(charsmap))
        case .sentencePiece(let rules): try SentencePieceNormalizer(rules)
        }
    }
}

extension NormalizationForm: TextRewriting {
    func rewritten(_ text: [UInt8], atMost limit: Int) -> [UInt8] { normalized(text) }
}
