/// The decimal numbers that a recipe's key accepts.
struct RecipeNumbers {
    private let range: ClosedRange<Double>

    /// Accepts all numbers in a range. If the range begins with 0, the others are at least 1e-30, so that none becomes
    /// 0 in f32.
    init(_ range: ClosedRange<Double>) { self.range = range }

    private static let least = 1e-30

    /// A description of what ``number(_:)`` reads, for errors.
    var expected: String {
        range.lowerBound == 0 ? "0 or a number in \(Self.least...range.upperBound)" : "a number in \(range)"
    }

    /// Reads a number; returns nil for other text and for numbers that the key does not accept.
    ///
    /// Swift reads numbers that are too small for a double, such as 1e-400, as 0. They are rejected.
    @Sendable func number(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }), let value = Double(text),
            range.contains(value)
        else { return nil }
        guard value == 0 else { return value < Self.least ? nil : value }
        let mantissa = text.utf8.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        return mantissa.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) } ? nil : 0
    }
}
