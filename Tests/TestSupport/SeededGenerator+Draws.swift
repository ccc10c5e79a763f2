package import LanguageModels

// Random choices: all follow from the seed.
extension SeededGenerator {
    /// A number of a range.
    package mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True in a share of all draws.
    package mutating func chance(_ share: Double) -> Bool { Double(next() >> 11) * 0x1p-53 < share }

    /// One of several choices.
    package mutating func element<Choice>(_ choices: [Choice]) -> Choice { choices[int(0...choices.count - 1)] }

    /// Any tokens of a vocabulary.
    package mutating func tokens(_ count: Int, vocabularySize: Int) -> [Token] {
        (0..<count).map { _ in Token(int(0...vocabularySize - 1)) }
    }
}
