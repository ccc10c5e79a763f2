import LanguageModels
import TensorCore
import Testing

@testable import TokenDecoding

/// Random numbers have one stream per purpose, and are a function of seed and position.
@Suite struct RandomStreamTests {
    private func sampler(seed: UInt64) throws -> Sampler {
        try Sampler(sampling(temperature: 1, seed: seed), acceptance: .rejection, vocabularySize: 1000)
    }

    private let uniform = Distribution.probabilities(Array(repeating: 1.0 / 1000, count: 1000))

    /// Draft and residual draws at the same position agree no more often than by chance; the same holds for different
    /// positions and seeds.
    @Test func drawsAreIndependent() throws {
        let first = try sampler(seed: 1)
        let second = try sampler(seed: 2)
        let positions = 0..<2000
        func draws(_ sampler: Sampler, _ purpose: Sampler.Purpose, shift: Int = 0) -> [Token] {
            positions.map { sampler.draw(uniform, at: $0 + shift, for: purpose) }
        }
        let drafts = draws(first, .draft)
        for others in [draws(first, .target), draws(first, .draft, shift: 1), draws(second, .draft)] {
            // Two agreements are expected.
            #expect(zip(drafts, others).count { $0 == $1 } < 12)
        }
        #expect(drafts == draws(try sampler(seed: 1), .draft))
    }

    /// If acceptance used the draft's or the residual's random number, it would favour some tokens.
    @Test func acceptanceIsIndependentOfTheDraws() throws {
        let sampler = try sampler(seed: 3)
        let half = Distribution.probabilities([0.5, 0.5])
        for purpose in [Sampler.Purpose.draft, .target] {
            var acceptedOfToken = [0, 0]
            for position in 0..<10_000 {
                let token = sampler.draw(half, at: position, for: purpose)
                let target = Distribution.probabilities([0.25, 0.25])
                if sampler.accepts(token, target: target, draft: half, at: position) {
                    acceptedOfToken[Int(token)] += 1
                }
            }
            // 2500 of each are expected, with a standard deviation of 43.
            #expect(acceptedOfToken.allSatisfy { (2250...2750).contains($0) })
        }
    }

    @Test func certainTokens() throws {
        let sampler = try sampler(seed: 4)
        for position in 0..<100 {
            #expect(sampler.accepts(7, target: .oneHot(7), draft: .oneHot(7), at: position))
            #expect(!sampler.accepts(7, target: .oneHot(8), draft: .oneHot(7), at: position))
            #expect(!sampler.accepts(0, target: .probabilities([0, 1]), draft: .probabilities([1, 0]), at: position))
            #expect(
                sampler.accepts(
                    0, target: .probabilities([0.5, 0.5]), draft: .probabilities([0.4, 0.6]), at: position))
            #expect(sampler.draw(.oneHot(9), at: position, for: .target) == 9)
        }
    }

    @Test func inverseOfTheCumulativeDistribution() {
        let distribution = Distribution.probabilities([0, 0.25, 0, 0.5, 0.25, 0])
        let expected: [(Double, Token)] = [
            (1e-17, 1), (0.2499, 1), (0.25, 3), (0.7499, 3), (0.75, 4), (1 - 0x1p-53, 4), (1, 4),
        ]
        for (uniform, token) in expected { #expect(distribution.draw(uniform) == token) }
    }

    @Test func residual() {
        let target = Distribution.probabilities([0.5, 0.3, 0.2])
        let rest = Distribution.residual(target: target, draft: .probabilities([0.25, 0.05, 0.7]))
        let expected = [0.5, 0.5, 0]
        for (id, probability) in expected.enumerated() {
            #expect(abs(rest.probability(of: Token(id)) - probability) < 1e-15)
        }
        #expect(Distribution.residual(target: target, draft: target) == target)
        #expect(Distribution.residual(target: .oneHot(2), draft: .oneHot(1)) == .oneHot(2))
        #expect(Distribution.residual(target: target, draft: .oneHot(0)) == .probabilities([0, 0.6, 0.4]))
    }
}
