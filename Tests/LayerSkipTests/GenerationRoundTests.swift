import LayerSkip
import TestSupport
import Testing

@Suite("Recorded rounds")
struct GenerationRoundTests {
    private let model: TextModel
    private let prompt: [Token]

    init() throws {
        model = try TinyModel.shared.get()
        prompt = try model.tokenizer.encode("Once upon a time")
    }

    private func generate(_ options: GenerationOptions) throws -> GenerationResult {
        var options = options
        options.recordsRounds = true
        return try TextSession(model, options: options).generate(prompt)
    }

    private func text(_ rounds: [GenerationRound]) -> String {
        rounds.map { $0.drafted.prefix($0.accepted).map(\.text).joined() + $0.written.text }.joined()
    }

    // The model writes any bytes, so most characters are incomplete.
    @Test(arguments: [.plain, .speculative, .earlyExit(exitLayer: 2)] as [DecodingStrategy], [0, 1, 2] as [UInt64])
    func theyAreTheTextAndItsStatistics(strategy: DecodingStrategy, seed: UInt64) throws {
        for temperature in [0, 1] as [Float] {
            let result = try generate(.test(strategy, maxTokens: 90, temperature: temperature, seed: seed))
            let rounds = result.rounds
            #expect(rounds.count == result.statistics.rounds)
            #expect(rounds.map(\.drafted.count).reduce(0, +) == result.statistics.drafted)
            #expect(rounds.map(\.accepted).reduce(0, +) == result.statistics.accepted)
            let tokens = rounds.flatMap { $0.drafted.prefix($0.accepted).map(\.token) + [$0.written.token] }
            #expect(tokens == result.tokens)
            #expect(text(rounds) == result.text)
        }
    }

    @Test func theLastRoundMayGoOnAfterTheText() throws {
        let whole = try generate(.test(.speculative, maxTokens: 90)).text
        let stop = String(whole.dropFirst(whole.count / 2).prefix(2))
        let result = try generate(.test(.speculative, maxTokens: 90, stops: [stop]))
        #expect(result.finishReason == .stop(stop))
        #expect(text(result.rounds).utf8.starts(with: result.text.utf8))
        #expect(result.rounds.map(\.accepted).reduce(0, +) == result.statistics.accepted)
    }

    @Test func theyAreKeptOnRequestOnly() throws {
        let result = try TextSession(model, options: .test(.speculative)).generate(prompt)
        #expect(result.rounds.isEmpty)
    }
}
