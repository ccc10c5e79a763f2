import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import TokenDecoding

/// The sampler's steps and their order, compared with a naive twin.
@Suite struct SamplerTests {
    /// Several kinds of random logits, some with many equal values.
    static func rows(_ vocabularySize: Int, seed: UInt64) -> [[Float]] {
        var random = SeededGenerator(seed: seed)
        let normal = (0..<vocabularySize).map { _ in 3 * random.normal() }
        return [
            normal,
            normal.map { ($0 * 2).rounded() / 2 },
            normal.map { $0.rounded() * 0.5 - 40 },
            normal.map { 1e30 * $0 },
            Array(repeating: 2.5, count: vocabularySize),
            (0..<vocabularySize).map { Float($0 % 3) },
        ]
    }

    static let options: [Sampling] =
        [0.5, 1, 1.3, 1e-6, 1e6].map { sampling(temperature: $0) }
        + [0.3, 1, 1.7].map { sampling(temperature: 1, penalty: $0) }
        + [0, 1, 2, 5, 31, 32, 33, 1000].map { sampling(temperature: 0.8, topK: $0) }
        + [1e-300, 1e-9, 0.3, 0.5, 0.9, 0.999, 1].map { sampling(temperature: 0.8, topP: $0) }
        + [0, 1e-300, 0.01, 0.2, 0.99, 1].map { sampling(temperature: 0.8, minP: $0) }
        + filterCombinations(temperature: 0.7, seed: 0) + filterCombinations(temperature: 1.6, seed: 0)
        + [sampling(), sampling(penalty: 1.3), sampling(penalty: 0.5)]

    private func distribution(
        _ sampling: Sampling, _ acceptance: Acceptance, _ logits: [Float], _ history: [Token], drafted: [Token] = [],
        position: Int = 0
    ) throws -> Distribution {
        var sampler = try Sampler(sampling, acceptance: acceptance, vocabularySize: logits.count)
        sampler.remember(history)
        return try sampler.distribution(
            Tensor(logits, rows: 1, columns: logits.count), row: 0, position: position, after: drafted,
            on: ComputeContext(threads: 1))
    }

    @Test(arguments: options)
    func probabilities(_ sampling: Sampling) throws {
        for size in [1, 2, 7, 32, 200, 1000] {
            for (kind, logits) in Self.rows(size, seed: 21).enumerated() {
                let text = [0, 3, 3, 5, 1].map { Token($0 % size) }
                let expected = NaiveSampler(sampling: sampling).probabilities(logits, history: text)
                let found = try distribution(
                    sampling, .rejection, logits, Array(text.prefix(2)), drafted: Array(text.dropFirst(2)))
                for id in 0..<size {
                    let difference = abs(found.probability(of: Token(id)) - expected[id])
                    #expect(difference < 1e-12, "kind \(kind) of \(size), id \(id)")
                    // Dropped tokens have probability zero in both.
                    #expect((found.probability(of: Token(id)) == 0) == (expected[id] == 0))
                }
            }
        }
    }

    @Test(arguments: options)
    func coupledChoice(_ sampling: Sampling) throws {
        for (kind, logits) in (Self.rows(50, seed: 22) + Self.rows(700, seed: 24)).enumerated() {
            for seed in 0..<20 as Range<UInt64> {
                var sampling = sampling
                sampling.seed = seed
                let position = Int(seed) * 31
                let random = CounterRandom(seed: seed, Sampler.Purpose.coupledNoise.rawValue, UInt64(position))
                let expected = NaiveSampler(sampling: sampling).coupledToken(logits, history: [4, 9]) { id in
                    sampling.isGreedy ? 0 : GumbelNoise.value(random[UInt64(id)])
                }
                let found = try distribution(sampling, .coupled, logits, [4, 9], position: position)
                #expect(found == .oneHot(expected), "kind \(kind), seed \(seed)")
            }
        }
    }

    /// The steps by hand, on a row that each of them changes.
    @Test func tiesGoToTheLowestId() throws {
        let logits: [Float] = [1, 2, 2, 0, 2, 1]
        #expect(try distribution(sampling(), .coupled, logits, []) == .oneHot(1))
        // The penalty puts 1 and 4 behind 2.
        #expect(try distribution(sampling(penalty: 2), .coupled, logits, [1, 4]) == .oneHot(2))
        let third = 1.0 / 3
        #expect(
            try distribution(sampling(temperature: 1, topK: 3), .rejection, logits, [])
                == .probabilities([0, third, third, 0, third, 0]))
        #expect(
            try distribution(sampling(temperature: 1, topK: 2), .rejection, logits, [])
                == .probabilities([0, 0.5, 0.5, 0, 0, 0]))
        #expect(
            try distribution(sampling(temperature: 1, topP: 1e-9), .rejection, logits, [])
                == .probabilities([0, 1, 0, 0, 0, 0]))
        #expect(
            try distribution(sampling(temperature: 1, minP: 1), .rejection, logits, [])
                == .probabilities([0, third, third, 0, third, 0]))
    }

    /// The penalty depends on the sign of a logit, and applies once however often a token occurs.
    @Test func penalty() throws {
        let logits: [Float] = [4, 3, -1, -1.5]
        let found = try distribution(sampling(penalty: 2), .coupled, logits, [0, 0, 0])
        #expect(found == .oneHot(1))
        #expect(try distribution(sampling(penalty: 2), .coupled, [-2, -1, -1, -1], [], drafted: [1, 1]) == .oneHot(2))
        #expect(try distribution(sampling(penalty: 2), .coupled, [2, 1, 1, 1], [0]) == .oneHot(0))
        #expect(try distribution(sampling(penalty: 2.1), .coupled, [2, 1, 1, 1], [0]) == .oneHot(1))
    }

    /// The best few come out in order, whatever the order of the logits.
    @Test(arguments: [0, 1, 2, 150, 299, 300]) func bestFew(count: Int) throws {
        let compute = try ComputeContext(threads: 1)
        for logits in Self.rows(300, seed: 23) {
            var candidates = Candidates(vocabularySize: logits.count)
            candidates.add(
                Tensor(logits, rows: 1, columns: logits.count), atLeast: -.infinity, on: compute)
            candidates.keepBest { kept, _ in kept < count }
            let sorted = logits.indices.sorted { logits[$0] != logits[$1] ? logits[$0] > logits[$1] : $0 < $1 }
            #expect(candidates.all.map(\.id) == sorted.prefix(count).map { Token($0) })
        }
    }
}
