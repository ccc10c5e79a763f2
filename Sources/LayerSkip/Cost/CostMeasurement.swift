import LanguageModels
import TensorCore

/// The samples of all rounds of a cost measurement.
///
/// A machine's speed drifts within seconds. So each round measures everything once, and comparisons are made within a
/// round.
struct CostMeasurement<Model: LanguageModel>: ~Copyable {
    struct Decoding {
        let tokensPerSecond: Double
        /// Effective read bandwidth during the measurement, in bytes per second.
        let readBytesPerSecond: Double
    }

    struct Passes {
        /// The duration of a pass over each number of tokens.
        let seconds: [Double]
        /// The duration of the head in each of these passes.
        let headSeconds: [Double]
        /// The duration of one drafted token, at each exit from 1 to L - 1.
        let draftSeconds: [Double]
    }

    private let model: Model
    private let parts: Set<ModelCost.Part>
    private let passLengths: [Int]
    private var decodingSequence: TimedSequence<Model>
    private var promptSequence: TimedSequence<Model>
    private var passSequence: TimedSequence<Model>
    private let reading: ReadSpeed

    private(set) var decoding: [Decoding] = []
    private(set) var prefillTokensPerSecond: [Double] = []
    private(set) var passes: [Passes] = []
    private(set) var regionSeconds: [Double] = []
    private(set) var stepSeconds: [Double] = []

    init(
        _ model: Model, _ parts: Set<ModelCost.Part>, depth: Int, passLengths: [Int], cacheFormat: CacheFormat
    ) {
        self.model = model
        self.parts = parts
        self.passLengths = passLengths
        decodingSequence = TimedSequence(model, length: parts.contains(.decode) ? depth : 0, cacheFormat)
        promptSequence = TimedSequence(model, length: 0, cacheFormat)
        passSequence = TimedSequence(
            model, length: ModelCost.passContext(of: model, longestPass: passLengths.last ?? 1), cacheFormat)
        reading = ReadSpeed(ofBytes: parts.contains(.decode) ? model.bytesReadPerToken : 0, on: model.compute)
    }

    /// Reads the tokens that precede the measured ones.
    ///
    /// - Returns: false if `goesOn`, called before each chunk of them, returned false.
    mutating func prepare(_ goesOn: () -> Bool) -> Bool {
        decodingSequence.begin(goesOn) && passSequence.begin(goesOn)
    }

    /// Measures one round. It ends early if `goesOn`, called before each part, returns false.
    mutating func round(_ goesOn: () -> Bool) {
        if parts.contains(.decode), goesOn() { measureDecoding() }
        if parts.contains(.prefill), goesOn() {
            let count = ModelCost.promptLength
            prefillTokensPerSecond.append(Double(count) / promptSequence.prefill(count))
        }
        if parts.contains(.passes), goesOn() { measurePasses() }
        if goesOn() { measureRegions() }
    }

    /// Returns the number of parallel regions that all layers take for one token.
    mutating func regionCounts() -> RegionCounts { passSequence.regionCounts() }

    /// Decodes in short stretches and measures memory bandwidth between them. The bandwidth may double within a second,
    /// so one measured before or after would give shares above 100 %.
    private mutating func measureDecoding() {
        let count = ModelCost.decodedTokens
        var (tokens, seconds, secondsOfReading) = (0, 0.0, 0.0)
        var before = reading.measure()
        while tokens < count {
            let stretch = decodingSequence.decode(limit: count - tokens, forSeconds: 0.1)
            let after = reading.measure()
            tokens += stretch.tokens
            seconds += stretch.seconds
            secondsOfReading += Double(stretch.tokens * model.bytesReadPerToken) * 2 / (before + after)
            before = after
        }
        decodingSequence.forget()
        decoding.append(
            Decoding(
                tokensPerSecond: Double(count) / seconds,
                readBytesPerSecond: Double(count * model.bytesReadPerToken) / secondsOfReading))
    }

    private mutating func measurePasses() {
        // While generating, the weights that fit into the processor's caches are there. Other parts may have evicted
        // them.
        _ = passSequence.pass(1)
        var (seconds, heads, drafts): ([Double], [Double], [Double]) = ([], [], [])
        for length in passLengths {
            let pass = passSequence.pass(length)
            seconds.append(pass.whole)
            heads.append(pass.head)
        }
        for exit in 1..<model.layerCount { drafts.append(passSequence.draft(exitLayer: exit)) }
        passes.append(Passes(seconds: seconds, headSeconds: heads, draftSeconds: drafts))
    }

    private mutating func measureRegions() {
        // Many steps give a precise difference per step.
        let steps = 16
        let one = model.compute.pool.regionOverhead(steps: 1)
        let all = model.compute.pool.regionOverhead(steps: steps)
        regionSeconds.append(one)
        // With more threads than cores, other programs may have disturbed either measurement, even so much that the
        // difference is negative.
        stepSeconds.append(max(0, all - one) / Double(steps - 1))
    }
}
