/// Finds the tokens that are matched as a whole: some in the text itself, others in the normalized text between them.
struct WholeTokenFinder: Sendable {
    /// The tokens that are cut out of the text itself.
    private let first: SpecialTokenFinder
    /// The tokens that are cut out of the normalized text that the others leave.
    private let later: SpecialTokenFinder

    /// - Parameter spaceRuns: the tokens of `spaceRuns`, which are found as runs of marks and in normalized text.
    init(
        _ tokens: [(id: Int32, text: String)], rule: WholeTokenRule, flags: [Int32: MatchingFlags],
        spaceRuns: Set<Int32> = [], normalizer: Normalizer
    ) throws(TokenizerError) {
        func isLater(_ id: Int32) -> Bool { flags[id]?.contains(.normalized) ?? false }
        var normalized: [(id: Int32, text: String)] = []
        var limits = RewritingLimits(textLength: tokens.reduce(0) { $0 + $1.text.utf8.count })
        for token in tokens where isLater(token.id) || spaceRuns.contains(token.id) {
            let text = try normalizer.normalized(Array(token.text.utf8), within: &limits)
            normalized.append((token.id, String(decoding: text, as: UTF8.self)))
        }
        let literal = tokens.filter { !isLater($0.id) }.map { token in
            spaceRuns.contains(token.id)
                ? (id: token.id, text: String(repeating: "\u{2581}", count: token.text.utf8.count)) : token
        }
        let flags = flags.filter { $0.value != .normalized }
        first = SpecialTokenFinder(literal, rule: rule, flags: flags)
        later = SpecialTokenFinder(normalized, rule: rule, flags: flags)
    }

    /// Splits a range of a text at those tokens cut out of the text itself that a condition allows.
    func parts(
        of text: Span<UInt8>, in range: Range<Int>, where isAllowed: (SpecialTokenFinder.Match) -> Bool = { _ in true }
    ) -> [SpecialTokenFinder.Part] {
        first.parts(of: text, in: range, where: isAllowed)
    }

    /// Splits the text between tokens further, at those cut out of normalized text that a condition allows.
    func furtherParts(
        of text: Span<UInt8>, _ parts: [SpecialTokenFinder.Part],
        where isAllowed: (SpecialTokenFinder.Match) -> Bool = { _ in true }
    ) -> [SpecialTokenFinder.Part] {
        guard !later.isEmpty else { return parts }
        return parts.flatMap { part -> [SpecialTokenFinder.Part] in
            guard case .text(let range) = part else { return [part] }
            return later.parts(of: text, in: range, where: isAllowed)
        }
    }
}
