/// Unicode case folding, for patterns that ignore case.
struct CaseFolding: Sendable {
    /// The folding tables, computed when the first pattern ignores case.
    static let shared = CaseFolding()

    /// Each character's simple folding, if it differs from the character.
    private var folds: [UInt32: UInt32] = [:]
    /// The other characters with the same simple folding as a character.
    private var equivalents: [UInt32: [UInt32]] = [:]
    /// The same as pairs, ordered by their first characters.
    private var pairs: [(member: UInt32, other: UInt32)] = []
    /// The characters whose full folding is several characters, by that folding.
    private(set) var longFolds: [[UInt32]: [UInt32]] = [:]

    private init() {
        var groups: [UInt32: [UInt32]] = [:]
        let candidates = ScalarSet(categories: [
            .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .nonspacingMark, .letterNumber, .otherSymbol,
        ])
        for range in candidates.ranges {
            for codePoint in range {
                guard let scalar = Unicode.Scalar(codePoint), scalar.properties.changesWhenCaseMapped else { continue }
                if let fold = Self.simple(scalar) {
                    if fold != codePoint { folds[codePoint] = fold }
                    groups[fold, default: []].append(codePoint)
                }
                let full = Self.full(scalar)
                if full.count > 1 { longFolds[full, default: []].append(codePoint) }
            }
        }
        for group in groups.values where group.count > 1 {
            for member in group { equivalents[member] = group.filter { $0 != member } }
        }
        pairs = equivalents.flatMap { member, others in others.map { (member, $0) } }.sorted { $0.member < $1.member }
    }

    /// The characters that a character matches if case is ignored, itself included.
    func closure(of codePoint: UInt32) -> ScalarSet {
        ScalarSet(([codePoint] + (equivalents[codePoint] ?? [])).map { $0...$0 })
    }

    /// A set with all characters that its members match if case is ignored.
    func closure(of set: ScalarSet) -> ScalarSet {
        var added: [ClosedRange<UInt32>] = []
        var place = 0
        for range in set.ranges {
            while place < pairs.count, pairs[place].member <= range.upperBound {
                let (member, other) = pairs[place]
                if member >= range.lowerBound, !range.contains(other) { added.append(other...other) }
                place += 1
            }
        }
        return set.union(ScalarSet(added))
    }

    /// A character's full folding.
    func full(_ codePoint: UInt32) -> [UInt32] {
        if let long = longFolds.first(where: { $0.value.contains(codePoint) })?.key { return long }
        return [folds[codePoint] ?? codePoint]
    }

    /// Nil for the dotted capital I, which has only a long folding. The dotless i folds to itself.
    private static func simple(_ scalar: Unicode.Scalar) -> UInt32? {
        if scalar.value == 0x131 { return scalar.value }
        let upper = only(scalar.properties.uppercaseMapping) ?? scalar
        return only(upper.properties.lowercaseMapping)?.value
    }

    private static func full(_ scalar: Unicode.Scalar) -> [UInt32] {
        if scalar.value == 0x131 { return [scalar.value] }
        let lower = scalar.properties.lowercaseMapping
        let upper = lower.unicodeScalars.map(\.properties.uppercaseMapping).joined()
        return upper.unicodeScalars.flatMap { $0.properties.lowercaseMapping.unicodeScalars.map(\.value) }
    }

    private static func only(_ text: String) -> Unicode.Scalar? {
        text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
    }
}
