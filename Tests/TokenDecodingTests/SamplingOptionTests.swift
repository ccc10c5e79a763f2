import LanguageModels
import Testing

@testable import TokenDecoding

/// Invalid options are refused by name.
@Suite struct SamplingOptionTests {
    struct Refusal: Sendable {
        let sampling: Sampling
        let text: String
    }

    static let refusals = [
        Refusal(sampling: sampling(temperature: -0.5), text: "temperature: expected 0 or more, found -0.5"),
        Refusal(sampling: sampling(temperature: .nan), text: "temperature: expected 0 or more, found nan"),
        Refusal(sampling: sampling(temperature: .infinity), text: "temperature: expected 0 or more, found inf"),
        Refusal(sampling: sampling(penalty: 0), text: "repetition penalty: expected a positive number, found 0.0"),
        Refusal(sampling: sampling(penalty: -1), text: "repetition penalty: expected a positive number, found -1.0"),
        Refusal(sampling: sampling(penalty: .nan), text: "repetition penalty: expected a positive number, found nan"),
        Refusal(
            sampling: sampling(penalty: .infinity), text: "repetition penalty: expected a positive number, found inf"),
        Refusal(sampling: sampling(topK: -3), text: "top-k: expected 0 or more, found -3"),
        Refusal(sampling: sampling(topP: 0), text: "top-p: expected a number in (0, 1], found 0.0"),
        Refusal(sampling: sampling(topP: 1.01), text: "top-p: expected a number in (0, 1], found 1.01"),
        Refusal(sampling: sampling(topP: .nan), text: "top-p: expected a number in (0, 1], found nan"),
        Refusal(sampling: sampling(minP: -0.1), text: "min-p: expected a number in [0, 1], found -0.1"),
        Refusal(sampling: sampling(minP: 1.5), text: "min-p: expected a number in [0, 1], found 1.5"),
        Refusal(sampling: sampling(minP: .nan), text: "min-p: expected a number in [0, 1], found nan"),
    ]

    @Test(arguments: refusals)
    func refused(_ refusal: Refusal) throws {
        let model = try MockModel()
        do {
            _ = try Generator(model, drafter: NoDrafter(), sampling: refusal.sampling)
            Issue.record("taken")
        } catch {
            #expect("\(error)" == refusal.text)
        }
    }

    @Test func extremesThatHaveAMeaning() throws {
        try sampling(temperature: 1e30, penalty: .leastNonzeroMagnitude, topK: .max, topP: 1, minP: 0).validate()
        try sampling(temperature: .leastNonzeroMagnitude, topK: 1, topP: .leastNonzeroMagnitude, minP: 1).validate()
    }

    /// Options at their extremes may choose oddly, but always choose.
    @Test func extremesStillChoose() throws {
        let model = try MockModel()
        for temperature in [.leastNonzeroMagnitude, 1e-6, .greatestFiniteMagnitude] as [Float] {
            for penalty in [.leastNonzeroMagnitude, .greatestFiniteMagnitude] as [Float] {
                for acceptance in Acceptance.allCases {
                    let options = sampling(
                        temperature: temperature, penalty: penalty, topK: .max, topP: 0.999999, minP: 1e-300)
                    let drafter = try EarlyExitDrafter(exitLayer: 1, draftLength: 3, for: model)
                    let run = try DecodingRun(model, drafter, options, acceptance, prompt: [1])
                    #expect(run.tokens.count == model.contextLength)
                }
            }
        }
    }
}
