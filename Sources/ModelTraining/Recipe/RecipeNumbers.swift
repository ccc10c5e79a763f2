/// The decimal numbers that a key of a recipe may have.
struct RecipeNumbers {
    private let range: ClosedRange<Double>

    /// All numbers of a range; where it begins with 0, the others are at least 1e-30, so that none becomes 0 in f32.
    init(_ range: ClosedRange<Double>) { self.range = range }

    private static let least = 1e-30

    /// What ``number(_:)`` reads, in words.
    var expected: String {
        range.lowerBound == 0 ? "0 or a number in \(Self.least...range.upperBound)" : "a number in \(range)"
    }

    /// Reads a number; nil where the text is none, or one that the key may not have.
    ///
    /// Swift reads numbers that are too small for a double, such as 1e-400, as 0. They are refused.
    @Sendable func number(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }), let value = Double(text),
            range.contains(value)
        else { return nil }
        guard value == 0 else { return value < Self.least ? nil : value }
        let mantissa = text.utf8.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        return mantissa.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) } ? nil : 0
    }
}
