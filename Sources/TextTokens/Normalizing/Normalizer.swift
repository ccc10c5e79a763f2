/// Rewrites texts before they are split into words, as a list of steps says.
struct Normalizer: Sendable {
    private let steps: [any TextRewriting]

    /// Creates a normalizer.
    ///
    /// - Throws: ``TokenizerError`` if a step's regular expression or table of replacements is invalid.
    init(_ steps: [NormalizerStep]) throws(TokenizerError) {
        var budget = PatternBudget()
        try self.init(steps, &budget)
    }

    /// Creates a normalizer, with a budget that it shares with other parts of a tokenizer.
    init(_ steps: [NormalizerStep], _ budget: inout PatternBudget) throws(TokenizerError) {
        var rewritings: [any TextRewriting] = []
        for (index, step) in steps.enumerated() {
            // A prefix and spaces to mark, as in most SentencePiece vocabularies, take one pass.
            if index > 0, case .prepend(let prefix) = steps[index - 1],
                case .replace(.text(let text), let replacement) = step,
                let both = TextReplacement(replacing: text, with: replacement, after: prefix)
            {
                rewritings[rewritings.count - 1] = both
            } else {
                rewritings.append(try step.rewriting(&budget))
            }
        }
        self.steps = rewritings
    }

    /// Whether texts stay as they are.
    var isEmpty: Bool { steps.isEmpty }

    /// Returns the rewritten text.
    ///
    /// - Parameter limits: what may be done for this text and others.
    /// - Throws: ``TokenizerError`` if a regular expression takes too many steps, or the text grows too much.
    func normalized(
        _ text: [UInt8], within limits: inout RewritingLimits
    ) throws(TokenizerError) -> [UInt8] {
        var text = text
        for step in steps {
            text = try step.rewritten(text, within: &limits)
            try limits.take(text.count)
        }
        return text
    }
}

/// A step of a ``Normalizer``, ready to use.
protocol TextRewriting: Sendable {
    /// Returns the rewritten text. Steps whose result can be many times as long as the text throw if that is more than
    /// the limits allow.
    func rewritten(_ text: [UInt8], within limits: inout RewritingLimits) throws(TokenizerError) -> [UInt8]
}

extension NormalizerStep {
    fileprivate func rewriting(_ budget: inout PatternBudget) throws(TokenizerError) -> any TextRewriting {
        switch self {
        case .nfc: NormalizationForm.nfc
        case .nfd: NormalizationForm.nfd
        case .nfkc: NormalizationForm.nfkc
        case .nfkd: NormalizationForm.nfkd
        case .lowercase: CharacterRewriting.lowercase
        case .stripAccents: CharacterRewriting.stripAccents
        case .strip(let left, let right): WhitespaceStripping(left: left, right: right)
        case .prepend(let prefix): Prefixing(prefix: Array(prefix.utf8))
        case .replace(.text(""), let replacement): try PatternReplacement("", with: replacement, &budget)
        case .replace(.text(let text), let replacement): TextReplacement(text, with: replacement)
        case .replace(.regex(let pattern), let replacement): try PatternReplacement(pattern, with: replacement, &budget)
        case .precompiled(let charsmap): ClusterReplacement(try Charsmap(charsmap))
        case .sentencePiece(let rules): try SentencePieceNormalizer(rules)
        }
    }
}

extension NormalizationForm: TextRewriting {
    func rewritten(_ text: [UInt8], within limits: inout RewritingLimits) -> [UInt8] { normalized(text) }
}
