import LanguageModels
import TensorCore

/// Every round's samples.
///
/// Machines drift within seconds: within a round everything is measured once, and what is compared with each other is
/// compared within the round.
struct CostMeasurement<Model: LanguageModel>: ~Copyable {
    struct Decoding {
        let tokensPerSecond: Double
        /// Effective read bandwidth during the measurement, in bytes a second.
        let readBytesPerSecond: Double
    }

    struct Passes {
        /// Of a pass over each of ``ModelCost/passLengths``.
        let seconds: [Double]
        /// The head's part in the pass over one token.
        let headSeconds: Double
        /// Of one drafted token, at each exit from 1 to L - 1.
        let draftSeconds: [Double]
    }

    private let model: Model
    private let parts: Set<ModelCost.Part>
    private var decodingSequence: TimedSequence<Model>
    private var promptSequence: TimedSequence<Model>
    private var passSequence: TimedSequence<Model>
    private let reading: ReadSpeed

    private(set) var decoding: [Decoding] = []
    private(set) var prefillTokensPerSecond: [Double] = []
    private(set) var passes: [Passes] = []
    private(set) var regionSeconds: [Double] = []
    private(set) var stepSeconds: [Double] = []

    init(_ model: Model, _ parts: Set<ModelCost.Part>, depth: Int, cacheFormat: CacheFormat) {
        self.model = model
        self.parts = parts
        decodingSequence = TimedSequence(model, length: parts.contains(.decode) ? depth : 0, cacheFormat)
        promptSequence = TimedSequence(model, length: 0, cacheFormat)
        passSequence = TimedSequence(model, length: ModelCost.passContext, cacheFormat)
        reading = ReadSpeed(ofBytes: parts.contains(.decode) ? model.bytesReadPerToken : 0, on: model.compute)
    }

    /// Reads the tokens that the measured ones come after.
    ///
    /// - Returns: false if `goesOn`, which is asked before each chunk of them, said no.
    mutating func prepare(_ goesOn: () -> Bool) -> Bool {
        decodingSequence.begin(goesOn) && passSequence.begin(goesOn)
    }

    /// One round, which ends early where `goesOn`, asked before each part, says no.
    mutating func round(_ goesOn: () -> Bool) {
        if parts.contains(.decode), goesOn() { measureDecoding() }
        if parts.contains(.prefill), goesOn() {
            let count = ModelCost.promptLength
            prefillTokensPerSecond.append(Double(count) / promptSequence.prefill(count))
        }
        if parts.contains(.passes), goesOn() { measurePasses() }
        if goesOn() { measureRegions() }
    }

    /// Parallel regions that all layers take for one token.
    mutating func regionCounts() -> RegionCounts { passSequence.regionCounts() }

    /// Decodes in short stretches and reads memory between them: its speed may double within a second, and a share of
    /// one that was taken before or after would reach more than the whole.
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
        // The weights that a cache can hold are in it while a text is written. Other parts may have driven them out.
        _ = passSequence.pass(1)
        var seconds: [Double] = []
        var head = 0.0
        for length in ModelCost.passLengths {
            let pass = passSequence.pass(length)
            seconds.append(pass.whole)
            if length == 1 { head = pass.head }
        }
        var drafts: [Double] = []
        for exit in 1..<model.layerCount { drafts.append(passSequence.draft(exitLayer: exit)) }
        passes.append(Passes(seconds: seconds, headSeconds: head, draftSeconds: drafts))
    }

    private mutating func measureRegions() {
        // As many as a region may have, so that one step's share of the difference is best seen.
        let steps = WorkShares.stepLimit
        let one = model.compute.pool.regionOverhead(steps: 1)
        let all = model.compute.pool.regionOverhead(steps: steps)
        regionSeconds.append(one)
        // Where there are more threads than cores, either may have met with any other program.
        stepSeconds.append(max(0, all - one) / Double(steps - 1))
    }
}
