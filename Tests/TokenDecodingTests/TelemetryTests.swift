import LanguageModels
import Testing

@testable import TokenDecoding

/// A generator's counts, compared with counts made outside.
@Suite struct TelemetryTests {
    @Test(arguments: [0, 1, 3, 8], Acceptance.allCases)
    func counts(draftLength: Int, acceptance: Acceptance) throws {
        let model = try MockModel()
        var generator = try Generator(
            model, drafter: EarlyExitDrafter(exitLayer: 1, draftLength: draftLength, for: model),
            sampling: sampling(temperature: 0.8, seed: 7), acceptance: acceptance)
        try generator.prefill([1, 2, 3, 4])
        var rounds = 0
        var drafted: [Int] = []
        var accepted: [Int] = []
        while generator.room > 0 {
            var drafts = 0
            let next = try generator.nextRound(limit: 7) { _, _ in drafts += 1 }.tokens.count
            rounds += 1
            let missing = max(0, drafts - drafted.count)
            drafted += Array(repeating: 0, count: missing)
            accepted += Array(repeating: 0, count: missing)
            for position in 0..<drafts { drafted[position] += 1 }
            for position in 0..<next - 1 { accepted[position] += 1 }
        }
        let statistics = generator.statistics
        #expect(statistics.rounds == rounds)
        #expect(statistics.draftedByPosition == drafted)
        #expect(statistics.acceptedByPosition == accepted)
        #expect(statistics.drafted == drafted.reduce(0, +))
        #expect(statistics.accepted == accepted.reduce(0, +))
        #expect(statistics.generatedTokens == 60)
        #expect(statistics.generatedTokens == statistics.rounds + statistics.accepted)
        #expect(statistics.prefilledTokens == 3)
        #expect(zip(accepted, accepted.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(zip(accepted, drafted).allSatisfy { $0 <= $1 })
        if draftLength > 0 {
            #expect(statistics.accepted > 0 && statistics.accepted < statistics.drafted)
            #expect(statistics.acceptanceRate == Double(statistics.accepted) / Double(statistics.drafted))
        } else {
            #expect(statistics.acceptanceRate == nil)
        }
    }

    @Test func times() throws {
        let model = try MockModel()
        var generator = try Generator(model, drafter: EarlyExitDrafter(exitLayer: 1, draftLength: 4, for: model))
        try generator.prefill([1, 2, 3, 4])
        try generator.finish()
        let statistics = generator.statistics
        #expect(statistics.prefillSeconds > 0 && statistics.draftSeconds > 0 && statistics.verifySeconds > 0)
        #expect(statistics.draftSeconds + statistics.verifySeconds <= statistics.decodeSeconds)
        #expect(statistics.prefillTokensPerSecond == 3 / statistics.prefillSeconds)
        #expect(statistics.decodeTokensPerSecond == 60 / statistics.decodeSeconds)
    }

    @Test func nothingDone() {
        let statistics = DecodingStatistics()
        #expect(statistics.acceptanceRate == nil)
        #expect(statistics.prefillTokensPerSecond == nil)
        #expect(statistics.decodeTokensPerSecond == nil)
        #expect(statistics.drafted == 0 && statistics.accepted == 0)
    }

    @Test func addition() {
        var sum = DecodingStatistics()
        sum.count(drafted: 1, accepted: 1)
        sum.generatedTokens = 2
        var other = DecodingStatistics()
        other.count(drafted: 3, accepted: 2)
        other.count(drafted: 2, accepted: 0)
        other.generatedTokens = 4
        other.decodeSeconds = 0.5
        sum.add(other)
        #expect(sum.rounds == 3)
        #expect(sum.draftedByPosition == [3, 2, 1])
        #expect(sum.acceptedByPosition == [2, 1, 0])
        #expect(sum.generatedTokens == 6)
        #expect(sum.decodeSeconds == 0.5)
        #expect(sum.acceptanceRate == 0.5)
    }

    /// Counts may be reset between texts; the generator itself does not read them.
    @Test func setAnew() throws {
        let model = try MockModel()
        var generator = try Generator(model, drafter: NoDrafter())
        try generator.prefill([1, 2])
        try generator.finish(maxTokens: 5)
        generator.statistics = DecodingStatistics()
        try generator.finish(maxTokens: 3)
        #expect(generator.statistics.generatedTokens == 3)
        generator.keep(3)
        #expect(generator.statistics.generatedTokens == 0)
    }
}
