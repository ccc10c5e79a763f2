import ModelTraining
import Testing

@Suite("Learning rate")
struct LearningRateTests {
    @Test(arguments: [
        // Peak 1, two steps of warm-up, then eight steps from 1 towards 0.2 (by hand, at 0, 1/4, 1/2, 3/4 of them).
        (LearningRate.Decay.cosine, [0.5, 1, 1, 0.882843, 0.6, 0.317157]),
        (.linear, [0.5, 1, 1, 0.8, 0.6, 0.4]),
        (.constant, [0.5, 1, 1, 1, 1, 1]),
    ])
    func byHand(_ decay: LearningRate.Decay, _ expected: [Double]) {
        var rate = LearningRate()
        rate.peak = 1
        rate.warmup = 2
        rate.decay = decay
        rate.minimum = 0.2
        for (step, expected) in zip([0, 1, 2, 4, 6, 8], expected) {
            #expect(abs(rate.rate(step: step, of: 10) - expected) < 1e-6, "step \(step)")
        }
        #expect(abs(rate.rate(step: 10, of: 10) - (decay == .constant ? 1 : 0.2)) < 1e-12)
    }

    @Test func peakScalesEverything() {
        var rate = LearningRate()
        rate.peak = 3e-4
        #expect(rate.rate(step: 0, of: 100) == 3e-4)
        rate.warmup = 100
        #expect(abs(rate.rate(step: 0, of: 100) - 3e-6) < 1e-18)
        #expect(rate.rate(step: 99, of: 100) == 3e-4)
    }
}

@Suite("Sets of layers")
struct LayerSetTests {
    @Test func readsRangesAndNumbers() throws {
        let set = try #require(LayerSet("0-2, 5"))
        #expect((0..<8).filter(set.contains) == [0, 1, 2, 5])
        #expect(set.last == 5)
        #expect(set.description == "0-2, 5")
        #expect(LayerSet("none") == LayerSet())
        #expect(LayerSet().last == nil)
    }

    @Test(arguments: ["", "a", "3-1", "1,1", "4,2", "0-2,2", "-1", "1-", "1,,2", "1-2-3", "99999999999999999999"])
    func refusesOthers(_ text: String) { #expect(LayerSet(text) == nil) }
}
