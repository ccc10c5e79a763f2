import LayerSkip
import TestSupport

// The random choices of a case: all follow from the soak's seed and the case's name.
extension SeededGenerator {
    /// The stream of one case.
    init(seed: UInt64, _ name: CaseName) {
        self.init(seed: seed)
        // Mixed twice, so that neither neighbouring seeds nor neighbouring cases share a stream.
        var mixer = SeededGenerator(seed: next() ^ UInt64(name.number) << 8 ^ UInt64(name.subject.index))
        self.init(seed: mixer.next())
    }

    /// A number of a range.
    mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True in a share of all draws.
    mutating func chance(_ share: Double) -> Bool { Double(next() >> 11) * 0x1p-53 < share }

    /// One of several choices.
    mutating func element<Choice>(_ choices: [Choice]) -> Choice { choices[int(0...choices.count - 1)] }

    /// Any tokens of a vocabulary.
    mutating func tokens(_ count: Int, vocabularySize: Int) -> [Token] {
        (0..<count).map { _ in Token(int(0...vocabularySize - 1)) }
    }
}
