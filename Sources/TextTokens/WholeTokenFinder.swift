/// Finds the tokens that are matched whole, in one pass over a text or in two.
///
/// Hugging Face's tokenizers look for the added tokens that are `normalized` only in what the others leave.
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

    /// Cuts a part of a text at the tokens.
    func parts(of text: Span<UInt8>, in range: Range<Int>) -> [SpecialTokenFinder.Part] {
        var parts = range.isEmpty ? [] : [SpecialTokenFinder.Part.text(range)]
        for pass in passes where !pass.isEmpty {
            var finer: [SpecialTokenFinder.Part] = []
            for part in parts {
                switch part {
                case .token: finer.append(part)
                case .text(let range): finer += pass.parts(of: text, in: range)
                }
            }
            parts = finer
        }
        return parts
    }
}
