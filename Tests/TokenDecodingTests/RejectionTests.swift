import LanguageModels
import TestSupport
import Testing

@testable import TokenDecoding

/// Rejection sampling draws exactly from the full model's distribution, whatever the drafts.
@Suite struct RejectionTests {
    struct Filters: Sendable, CustomTestStringConvertible {
        let name: String
        let draftLength: Int
        let change: @Sendable (inout Sampling) -> Void

        var testDescription: String { name }
    }

    static let filters = [
        Filters(name: "none", draftLength: 2) { _ in },
        Filters(name: "top-k", draftLength: 3) { $0.topK = 4 },
        Filters(name: "top-p", draftLength: 2) { $0.topP = 0.8 },
        Filters(name: "repetition penalty", draftLength: 2) { $0.repetitionPenalty = 1.6 },
        Filters(name: "all", draftLength: 3) {
            $0.repetitionPenalty = 1.3
            $0.topK = 7
            $0.topP = 0.95
            $0.minP = 0.05
        },
    ]

    static func continuations(_ filters: Filters) throws -> Continuations {
        var sampling = Sampling()
        sampling.temperature = 0.9
        filters.change(&sampling)
        let model = try MockModel(layerCount: 2, vocabularySize: 8, contextLength: 16, spread: 2, disagreement: 1.2)
        return Continuations(model: model, prompt: [3], sampling: sampling)
    }

    @Test(arguments: filters)
    func selfSpeculationIsExact(_ filters: Filters) throws {
        let continuations = try Self.continuations(filters)
        let drafter = try EarlyExitDrafter(
            exitLayer: 1, draftLength: filters.draftLength, for: continuations.model)
        var statistics = DecodingStatistics()
        let counts = try continuations.counts(drafter, .rejection, statistics: &statistics)
        let p = ChiSquare.pValue(counts: counts, probabilities: continuations.probabilities())
        #expect(p > 1e-4)
        // The test is meaningful only if drafts are often accepted and often rejected.
        let rate = try #require(statistics.acceptanceRate)
        #expect((0.2...0.95).contains(rate))
    }

    /// Drafts from earlier text, and of lengths that depend on the tokens drafted so far.
    @Test(arguments: filters)
    func autoIsExact(_ filters: Filters) throws {
        var continuations = try Self.continuations(filters)
        continuations.prompt = try #require(Self.promptForLookups(continuations))
        var sources: [DraftSource: SourceStatistics] = [:]
        // Where heads are cheap, all sources are worth their cost.
        let costs = CostModel(layer: [(1, 1), (9, 2)], head: [(1, 0.1), (9, 0.2)], lowBitShare: 0.2)
        let lowBit = try MockModel(layerCount: 2, vocabularySize: 8, contextLength: 16, spread: 2, disagreement: 1.5)
        for (exitLayer, parts) in [
            (nil, DraftParts()), (1, DraftParts()), (nil, DraftParts(lowBit: lowBit)),
        ] as [(Int?, DraftParts<MockModel>)] {
            var statistics = DecodingStatistics()
            let drafter = try AutoDrafter(
                exitLayers: [exitLayer].compactMap(\.self), for: continuations.model, parts: parts)
            let counts = try continuations.counts(
                drafter, .rejection, parts: parts, samples: Continuations.defaultSampleCount / 2, costs: costs,
                statistics: &statistics)
            let p = ChiSquare.pValue(counts: counts, probabilities: continuations.probabilities())
            #expect(p > 1e-4)
            sources.merge(statistics.sources) { $0 + $1 }
        }
        for source in [.lookup, .earlyExit, .lowBit] as [DraftSource] {
            let found = try #require(sources[source], "\(source)")
            #expect(found.accepted > 100 && found.accepted < found.drafted - 100, "\(source): \(found)")
        }
    }

    /// Drafts of all kinds, chosen at random. A stop may depend on the tokens so far.
    @Test(arguments: filters)
    func anyDraftsAreExact(_ filters: Filters) throws {
        let continuations = try Self.continuations(filters)
        let parts = DraftParts(
            lowBit: try MockModel(layerCount: 2, vocabularySize: 8, contextLength: 16, spread: 2, disagreement: 1.5))
        var random = SeededGenerator(seed: 5)
        var statistics = DecodingStatistics()
        var counts: [Int] = []
        for part in 0..<UInt64(16) {
            let drafter = RandomDrafter(
                &random, exitLayers: [1], draftLength: 3, for: continuations.model, parts: parts)
            let found = try continuations.counts(
                drafter, .rejection, parts: parts, samples: Continuations.defaultSampleCount / 16,
                firstSeed: part << 32,
                statistics: &statistics)
            counts = counts.isEmpty ? found : zip(counts, found).map(+)
        }
        let p = ChiSquare.pValue(counts: counts, probabilities: continuations.probabilities())
        #expect(p > 1e-4)
        for source in DraftSource.allCases {
            let found = try #require(statistics.sources[source], "\(source)")
            #expect(found.accepted > 100 && found.accepted < found.drafted - 100, "\(source): \(found)")
        }
    }

    /// A prompt that repeats itself, after which the token that a lookup finds has a probability close to one half.
    static func promptForLookups(_ continuations: Continuations) -> [Token]? {
        func distance(_ prompt: [Token]) -> Double {
            let logits = continuations.model.logits(after: prompt)
            let probabilities = NaiveSampler(sampling: continuations.sampling).probabilities(logits, history: prompt)
            return abs(probabilities[Int(prompt[1])] - 0.5)
        }
        return (0..<8).map { [3, $0, 3, $0, 3] }.min { distance($0) < distance($1) }
    }

    /// The same test must detect a wrong rule that draws from the full distribution after a rejection.
    @Test(arguments: filters)
    func withoutTheResidualItIsNot(_ filters: Filters) throws {
        let continuations = try Self.continuations(filters)
        let drafter = try EarlyExitDrafter(
            exitLayer: 1, draftLength: filters.draftLength, for: continuations.model)
        var statistics = DecodingStatistics()
        // A quarter of the samples is enough to be sure.
        let counts = try continuations.counts(
            drafter, .rejection, samples: Continuations.defaultSampleCount / 4, statistics: &statistics
        ) { target, _ in target }
        let p = ChiSquare.pValue(counts: counts, probabilities: continuations.probabilities())
        #expect(p < 1e-6)
    }

    @Test(arguments: [filters[0], filters[4]])
    func plainSamplingIsExact(_ filters: Filters) throws {
        let continuations = try Self.continuations(filters)
        var statistics = DecodingStatistics()
        let counts = try continuations.counts(
            NoDrafter(), .rejection, samples: Continuations.defaultSampleCount / 2, statistics: &statistics)
        let p = ChiSquare.pValue(counts: counts, probabilities: continuations.probabilities())
        #expect(p > 1e-4)
    }

    /// Coupled sampling is a function of the seed; over many seeds it also has the full model's distribution.
    @Test(arguments: [filters[0], filters[4]])
    func coupledSamplingIsExactOverSeeds(_ filters: Filters) throws {
        let continuations = try Self.continuations(filters)
        let drafter = try EarlyExitDrafter(
            exitLayer: 1, draftLength: filters.draftLength, for: continuations.model)
        var statistics = DecodingStatistics()
        let counts = try continuations.counts(
            drafter, .coupled, samples: Continuations.defaultSampleCount / 2, statistics: &statistics)
        let p = ChiSquare.pValue(counts: counts, probabilities: continuations.probabilities())
        #expect(p > 1e-4)
        let rate = try #require(statistics.acceptanceRate)
        #expect((0.2...0.95).contains(rate))
    }
}
