/// Finds the tokens that are matched as a whole, in one or two passes over a text.
///
/// Hugging Face's tokenizers match added tokens marked `normalized` only in the text that the others leave.
struct WholeTokenFinder: Sendable {
    private let passes: [SpecialTokenFinder]

    init(
        _ tokens: [(id: Int32, text: String)], rule: WholeTokenRule, later: Set<Int32> = [],
        swallowsSpace: Set<Int32> = []
    ) {
        passes = [tokens.filter { !later.contains($0.id) }, tokens.filter { later.contains($0.id) }].map {
            SpecialTokenFinder($0, rule: rule, swallowsSpace: swallowsSpace)
        }
    }

    /// Splits a range of a text at those occurrences of the tokens that a condition allows.
    func parts(
        of text: Span<UInt8>, in range: Range<Int>, where isAllowed: (SpecialTokenFinder.Match) -> Bool = { _ in true }
    ) -> [SpecialTokenFinder.Part] {
        var parts = range.isEmpty ? [] : [SpecialTokenFinder.Part.text(range)]
        for pass in passes where !pass.isEmpty {
            var finer: [SpecialTokenFinder.Part] = []
            for part in parts {
                switch part {
                case .token: finer.append(part)
                case .text(let range): finer += pass.parts(of: text, in: range, where: isAllowed)
                }
            }
            parts = finer
        }
        return parts
    }
}
