import TestSupport
import Testing

@testable import LayerSkip

@Suite("Verification")
struct VerificationTests {
    private let model: TextModel
    private let prompts: [[Token]]

    init() throws {
        model = try TinyModel.shared.get()
        prompts = try ["Once upon a time", "def main():"].map { [model] in try model.tokenizer.encode($0) }
    }

    @Test(arguments: CacheFormat.allCases) func everyCombinationIsTriedAndEqual(format: CacheFormat) throws {
        var plan = Verification.Plan(prompts: prompts, exitLayers: [1, 3, 4], draftLengths: [0, 1, 6])
        plan.maxTokens = 24
        plan.cacheFormat = format
        plan.samplings =
            [.greedy] + (0..<2 as Range<UInt64>).map { GenerationOptions.test(temperature: 0.8, seed: $0).sampling }
        var progress: [Int] = []
        let verification = try Verification(model, plan) {
            progress.append($0)
            return true
        }
        #expect(progress == Array(0...54))
        #expect(verification.caseCount == 54)
        #expect(verification.equalCount == 54)
        #expect(verification.logitsEqualCount == 54)
        #expect(verification.isEqual)
    }

    @Test func auto() throws {
        var plan = Verification.Plan(
            prompts: prompts, strategies: [[], [1], [3], [4], [1, 3]].map { .auto(exitLayers: $0) })
        plan.maxTokens = 48
        plan.samplings = [.greedy, GenerationOptions.test(temperature: 0.8, seed: 1).sampling]
        let verification = try Verification(model, plan)
        #expect(verification.isEqual && verification.caseCount == 20 && verification.logitsEqualCount == 20)
        #expect(verification.draftCount > 0)
    }

    @Test func aPlanWithoutCasesIsAnError() {
        let plan = Verification.Plan(prompts: prompts, exitLayers: [1], draftLengths: [1])
        for (exitLayers, draftLengths) in [([], [1]), ([1], [])] as [([Int], [Int])] {
            #expect(throws: GenerationError.self) {
                try Verification(model, .init(prompts: prompts, exitLayers: exitLayers, draftLengths: draftLengths))
            }
        }
        var empty = plan
        empty.prompts = []
        #expect(throws: GenerationError.self) { try Verification(model, empty) }
    }

    @Test func itStopsWhereToldTo() throws {
        let plan = Verification.Plan(prompts: prompts, exitLayers: [1], draftLengths: [1, 2, 3])
        #expect(try Verification(model, plan) { $0 < 2 }.caseCount == 2)
    }

    @Test func badPlansAreErrors() throws {
        #expect(throws: ExitLayerError.self) {
            try Verification(model, .init(prompts: prompts, exitLayers: [1, 5], draftLengths: [1]))
        }
        #expect(throws: GenerationError.self) {
            try Verification(model, .init(prompts: prompts, exitLayers: [1], draftLengths: [-1]))
        }
        #expect(throws: GenerationError.self) {
            try Verification(model, .init(prompts: prompts, exitLayers: [0], draftLengths: [1]))
        }
        #expect(throws: GenerationError.emptyPrompt) {
            try Verification(model, .init(prompts: [[]], exitLayers: [1], draftLengths: [1]))
        }
        #expect(throws: GenerationError.self) {
            try Verification(model, .init(prompts: prompts, strategies: [.earlyExit(exitLayer: 1)]))
        }
        var plan = Verification.Plan(prompts: prompts, exitLayers: [1], draftLengths: [1])
        plan.maxTokens = 0
        #expect(throws: GenerationError.self) { try Verification(model, plan) }
    }

    /// A verification must be able to find differences.
    @Test func differencesAreFound() {
        let plain = VerifiedRun(tokens: [5, 6, 7], hashes: [50, 60, 70])
        let cases: [(run: VerifiedRun, position: Int)] = [
            (VerifiedRun(tokens: [5, 9, 7], hashes: [50, 60, 70]), 1),
            (VerifiedRun(tokens: [5, 6, 7], hashes: [50, 60, 71]), 2),
            (VerifiedRun(tokens: [5, 6], hashes: [50, 60]), 2),
            (VerifiedRun(tokens: [5, 6, 7, 8], hashes: [50, 60, 70, 80]), 3),
        ]
        for (run, position) in cases {
            var verification = Verification()
            verification.count(run, plain) { place in
                Verification.Difference(
                    prompt: 0, strategy: .auto(exitLayers: [1]), seed: 3,
                    position: place, expected: plain.token(place), found: run.token(place))
            }
            #expect(verification.caseCount == 1 && !verification.isEqual)
            #expect(verification.equalCount == (run.tokens == plain.tokens ? 1 : 0))
            #expect(verification.logitsEqualCount == (run.hashes == plain.hashes ? 1 : 0))
            #expect(verification.differences.first?.position == position)
        }
    }
}
