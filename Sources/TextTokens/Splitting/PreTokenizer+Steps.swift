extension PreTokenizer {
    /// Creates a pre-tokenizer from the steps of a file. Steps with a known rule get hand-written scanners.
    init(steps: [PreTokenizerStep]) throws(TokenizerError) {
        var budget = PatternBudget()
        try self.init(steps: steps, &budget)
    }

    /// Creates a pre-tokenizer as above, with a budget that it shares with other parts of a tokenizer.
    init(steps: [PreTokenizerStep], _ budget: inout PatternBudget) throws(TokenizerError) {
        try self.init(steps, scans: true, &budget)
    }

    /// Creates a pre-tokenizer that uses the general matcher for all patterns. Tests compare it with scanners.
    init(matching steps: [PreTokenizerStep]) throws(TokenizerError) {
        var budget = PatternBudget()
        try self.init(steps, scans: false, &budget)
    }

    private init(
        _ steps: [PreTokenizerStep], scans: Bool, _ budget: inout PatternBudget
    ) throws(TokenizerError) {
        var made: [Step] = []
        var hasByteLevel = false
        let newlines = PreTokenizerStep.split(.regex(KnownPatterns.newline), .isolated, inverted: false)
        let trailing = PreTokenizerStep.split(.regex(KnownPatterns.trailingWhitespace), .isolated, inverted: false)
        for (index, step) in steps.enumerated() {
            if case .byteLevel = step {
                if hasByteLevel {
                    throw .malformedFile(
                        place: "pre_tokenizer", expected: "at most one step ByteLevel", found: "another")
                }
                hasByteLevel = true
            }
            if case .metaspace = step, hasByteLevel {
                throw .malformedFile(
                    place: "pre_tokenizer", expected: "no Metaspace after ByteLevel, since its mark is no byte",
                    found: "one")
            }
            if scans, step == trailing, steps[..<index].contains(where: { $0.escaped == newlines }) {
                made.append(.trailingWhitespace)
            } else {
                made += try Self.steps(for: step, scans, isLast: index + 1 == steps.count, &budget)
            }
        }
        self.init(steps: made)
    }

    private static func steps(
        for step: PreTokenizerStep, _ scans: Bool, isLast: Bool, _ budget: inout PatternBudget
    ) throws(TokenizerError) -> [Step] {
        switch step {
        case .byteLevel(let addsPrefixSpace, let splits):
            return (addsPrefixSpace ? [.spaceBefore] : [])
                + (splits ? [try regex(KnownPatterns.gpt2, .isolated, inverted: false, scans, &budget)] : [])
                // Words are bytes in any case; only further steps see the alphabet.
                + (isLast ? [] : [.byteAlphabet])
        case .split(.regex(let regex), let behavior, let inverted):
            return [try self.regex(regex, behavior, inverted: inverted, scans, &budget)]
        case .split(.text(let text), let behavior, let inverted):
            return [try pattern(literal(text), name: text, behavior, inverted: inverted)]
        case .digits(let individually):
            if scans { return [.firstMatch([.run(of: .stepDigit, maximum: individually ? 1 : .max)])] }
            let behavior: SplitBehavior = individually ? .isolated : .contiguous
            return [try pattern(.set(.stepDigits), name: "Digits", behavior)]
        case .punctuation(let behavior):
            if scans, behavior == .isolated || behavior == .contiguous {
                return [.firstMatch([.run(of: .stepPunctuation, maximum: behavior == .isolated ? 1 : .max)])]
            }
            return [try pattern(.set(.stepPunctuation), name: "Punctuation", behavior)]
        case .metaspace(let mark, let prepend, let splits):
            return [.mark(Array(mark.utf8), prepend)]
                + (splits ? [try pattern(literal(mark), name: mark, .mergedWithNext)] : [])
        case .whitespace:
            return [try pattern(.rustWords, name: "Whitespace", .removed, inverted: true)]
        case .whitespaceSplit: return [try pattern(.set(.whitespace), name: "WhitespaceSplit", .removed)]
        case .delimiter(let text): return [try pattern(literal(text), name: text, .removed)]
        }
    }

    private static func literal(_ text: String) -> PatternNode {
        .sequence(text.unicodeScalars.map { .set(ScalarSet($0.value)) })
    }

    private static func regex(
        _ regex: String, _ behavior: SplitBehavior, inverted: Bool, _ scans: Bool, _ budget: inout PatternBudget
    ) throws(TokenizerError) -> Step {
        // Isolated pieces do not depend on which of them are the matches.
        if scans, behavior == .isolated, let scanner = KnownPatterns.find(KnownPatterns.escaped(regex)) {
            return scanner
        }
        return .pattern(PatternSplit(pattern: try budget.compile(regex), behavior: behavior, isInverted: inverted))
    }

    private static func pattern(
        _ node: PatternNode, name: String, _ behavior: SplitBehavior, inverted: Bool = false
    ) throws(TokenizerError) -> Step {
        .pattern(
            PatternSplit(pattern: try ScalarPattern(node, name: name), behavior: behavior, isInverted: inverted))
    }
}

extension PreTokenizerStep {
    /// The step with escapes for line ends in its regular expression, which some published files have literally.
    var escaped: PreTokenizerStep {
        guard case .split(.regex(let regex), let behavior, let inverted) = self else { return self }
        return .split(.regex(KnownPatterns.escaped(regex)), behavior, inverted: inverted)
    }
}

extension PatternNode {
    /// The `Whitespace` step's `\w+|[^\w\s]+`, a regular expression of Rust.
    fileprivate static let rustWords: PatternNode = {
        let oneOrMore = Repetition(minimum: 1, maximum: .max)
        let others = ScalarSet.rustWord.union(.whitespace).inverted
        return .alternatives([.repeated(.set(.rustWord), oneOrMore), .repeated(.set(others), oneOrMore)])
    }()
}

extension ScalarSet {
    fileprivate static let stepDigits = ScalarSet(of: .stepDigit)
    fileprivate static let stepPunctuation = ScalarSet(of: .stepPunctuation)

    /// The characters of a class.
    private init(of classes: CharacterClass) {
        self.init()
        for codePoint in UInt32(0)...0x10_FFFF where !CharacterTable.all.find(codePoint).isDisjoint(with: classes) {
            append(codePoint...codePoint)
        }
    }
}
