package import LanguageModels

// Random draws, all determined by the seed.
extension SeededGenerator {
    /// A random number in a range.
    package mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True with a given probability.
    package mutating func chance(_ share: Double) -> Bool { Double(next() >> 11) * 0x1p-53 < share }

    /// A random element.
    package mutating func element<Choice>(_ choices: [Choice]) -> Choice { choices[int(0...choices.count - 1)] }

    /// Random tokens of a vocabulary.
    package mutating func tokens(_ count: Int, vocabularySize: Int) -> [Token] {
        (0..<count).map { _ in Token(int(0...vocabularySize - 1)) }
    }
}

extension SeededGenerator {
    /// Some tokens of a model, each once, in any order.
    package mutating func vocabulary(of model: some LanguageModel) -> [Token] {
        let tokens = (0..<Token(model.vocabularySize)).shuffled(using: &self)
        return Array(tokens.prefix(int(1...tokens.count)))
    }
}
