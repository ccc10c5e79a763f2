import LanguageModels
import TestSupport
import Testing

/// The rotations that configurations describe, compared with transformers.
@Suite("RoPE of configurations against transformers")
struct RoPEGoldenTests {
    /// A configuration with transformers' results, from `Tests/GoldenMakers/rope.py`.
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        struct Rotation: Decodable {
            let frequencies: [Double]
            let magnitude: Double
        }
        let name: String
        let configuration: String
        let full: Rotation
        let long: Rotation?
        let sliding: Rotation?

        var testDescription: String { name }
    }

    private static let cases: [Case] = (try? Goldens.json("rope.json")) ?? []

    @Test func thereAreCases() { #expect(Self.cases.count >= 30) }

    @Test(arguments: cases) func frequenciesAgree(golden: Case) throws {
        let folder = TemporaryFolder()
        let model = try HuggingFaceConfiguration(
            path: folder.write(Array(golden.configuration.utf8), as: "config.json")
        ).model
        expect(model.rope, golden.full)
        #expect((model.slidingRoPE != nil) == (golden.sliding != nil))
        if let rope = model.slidingRoPE, let sliding = golden.sliding { expect(rope, sliding) }
        guard let long = golden.long else { return #expect(model.rope.shortContext == nil) }
        guard case .longRoPE(var scaling) = model.rope.scaling else {
            Issue.record("\(model.rope)")
            return
        }
        scaling.shortDivisors = scaling.longDivisors
        var rope = model.rope
        rope.scaling = .longRoPE(scaling)
        expect(rope, long)
        #expect(rope.shortContext == 64)
    }

    /// transformers computes powers in f32.
    private func expect(_ rope: RoPE, _ golden: Case.Rotation) {
        let ours = rope.frequencies(headDimension: 16)
        #expect(ours.count == golden.frequencies.count)
        for (pair, (ours, theirs)) in zip(ours, golden.frequencies).enumerated() {
            #expect(abs(ours - theirs) <= 1e-6 * theirs, "pair \(pair)")
        }
        #expect(abs(rope.magnitude - golden.magnitude) <= 1e-12)
    }
}
