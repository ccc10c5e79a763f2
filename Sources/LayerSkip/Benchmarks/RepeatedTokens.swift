import LanguageModels

extension [Token] {
    /// The length of the sequences whose repetition is counted. Twelve tokens seldom repeat by chance.
    package static var repeatedLength: Int { 12 }

    /// The number of tokens, from position `start` on, that continue a repeated 12-gram: they and the 12 tokens before
    /// them also stand earlier in the text.
    package func repeatedCount(from start: Int) -> Int {
        var seen: Set<ArraySlice<Token>> = []
        return indices.dropFirst(Self.repeatedLength).count { position in
            let isNew = seen.insert(self[position - Self.repeatedLength...position]).inserted
            return !isNew && position >= start
        }
    }
}

extension Sequence {
    /// The share of all written tokens that continue a repeated 12-gram of prompt and text; 0 without tokens.
    func repeatedShare() -> Double where Element == (prompt: [Token], written: [Token]) {
        var (repeated, all) = (0, 0)
        for (prompt, written) in self {
            repeated += (prompt + written).repeatedCount(from: prompt.count)
            all += written.count
        }
        return all > 0 ? Double(repeated) / Double(all) : 0
    }
}
