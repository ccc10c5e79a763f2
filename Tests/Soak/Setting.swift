import LayerSkip
import TestSupport

/// The settings that a text depends on besides model and prompt: sampling and the cache's format.
struct Setting: Sendable {
    var sampling = Sampling.greedy
    var acceptance = Acceptance.coupled
    var cacheFormat = CacheFormat.standard

    init(_ random: inout SeededGenerator) {
        cacheFormat = random.element(CacheFormat.allCases)
        sampling.seed = random.next()
        switch random.int(0...9) {
        case 0...2: break
        case 3: sampling.repetitionPenalty = random.element([0.8, 1.1, 2])
        case 4...5: warm(&random)
        case 6...8:
            warm(&random)
            filter(&random)
        default:
            acceptance = .rejection
            // At temperature 0 rejection sampling is exact, too.
            if random.chance(0.7) {
                warm(&random)
                if random.chance(0.5) { filter(&random) }
            }
        }
    }

    private mutating func warm(_ random: inout SeededGenerator) {
        sampling.temperature = random.element([0.1, 0.5, 0.8, 1, 1.5, 5])
        if random.chance(0.2) { sampling.repetitionPenalty = random.element([0.9, 1.3]) }
    }

    private mutating func filter(_ random: inout SeededGenerator) {
        if random.chance(0.5) { sampling.topK = random.int(1...50) }
        if random.chance(0.5) { sampling.topP = random.element([0.01, 0.5, 0.9, 0.99, 1]) }
        if random.chance(0.5) { sampling.minP = random.element([0, 0.01, 0.1, 0.5, 1]) }
    }

    /// Whether the text is bit-identical regardless of drafts.
    var isExact: Bool { acceptance == .coupled || sampling.isGreedy }

    /// The name of the sampler's kind in the summary.
    var samplerName: String {
        if acceptance == .rejection { return sampling.isGreedy ? "rejection, greedy" : "rejection" }
        let isFiltered = sampling.topK != nil || sampling.topP != nil || sampling.minP != nil
        let base = sampling.isGreedy ? "greedy" : isFiltered ? "filtered" : "sampled"
        return sampling.repetitionPenalty == 1 ? base : base + ", penalty"
    }

    /// One line with the properties needed to reproduce the case.
    var summary: String { "\(sampling), \(acceptance.rawValue), cache \(cacheFormat.rawValue)" }
}
