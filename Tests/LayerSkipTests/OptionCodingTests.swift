import Foundation
import LayerSkip
import Testing

@Suite("Options in JSON")
struct OptionCodingTests {
    @Test func everyOptionIsKept() throws {
        let options = GenerationOptions(
            strategy: .selfSpeculative(SpeculationSetting(exitLayer: 3, draftLength: 5)),
            sampling: Sampling(
                repetitionPenalty: 1.1, temperature: 0.7, topK: 40, topP: 0.9, minP: 0.05, seed: .max),
            acceptance: .rejection, cacheFormat: .bf16, maxTokens: 9, stops: ["a", "b"], ignoresEndOfText: true)
        let strategies: [DecodingStrategy] = [
            .earlyExit(exitLayer: 2), .plain, .auto(exitLayers: []), .auto(exitLayers: [3]), .auto(exitLayers: [3, 5]),
            .approximate(ExitRule(exitLayers: [2], threshold: .confidence(0.5))),
            .approximate(ExitRule(exitLayers: [2, 4], threshold: .entropy(1.5))),
        ]
        for options in [options, GenerationOptions()] + strategies.map({ GenerationOptions(strategy: $0) }) {
            #expect(try JSONDecoder().decode(GenerationOptions.self, from: JSONEncoder().encode(options)) == options)
        }
    }

    @Test func whatIsLeftOutIsTheDefault() throws {
        func read(_ text: String) throws -> GenerationOptions {
            try JSONDecoder().decode(GenerationOptions.self, from: Data(text.utf8))
        }
        #expect(try read("{}") == GenerationOptions())
        #expect(
            try read(#"{"sampling": {"temperature": 0.5}, "strategy": {"name": "self-speculative", "exitLayer": 4}}"#)
                == GenerationOptions(
                    strategy: .selfSpeculative(SpeculationSetting(exitLayer: 4, draftLength: 6)),
                    sampling: Sampling(temperature: 0.5)))
        #expect(
            try read(#"{"strategy": {"name": "auto", "exitLayer": 4}}"#)
                == GenerationOptions(strategy: .auto(exitLayers: [4])))
        #expect(throws: (any Error).self) { try read(#"{"strategy": {"name": "early-exit"}}"#) }
        #expect(throws: (any Error).self) { try read(#"{"strategy": {"name": "other"}}"#) }
    }
}
