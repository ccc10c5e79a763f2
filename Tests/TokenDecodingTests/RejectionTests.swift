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
