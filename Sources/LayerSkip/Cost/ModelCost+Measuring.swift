import LanguageModels
public import TensorCore
public import TokenDecoding

extension ModelCost {
    static let decodedTokens = 128
    static let promptLength = 512
    static let passLengths = [1, 2, 3, 4, 6, 8, 12, 16]
    static let passContext = 256

    /// Measures a model.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - parts: the parts to measure.
    ///   - depth: the number of tokens before the decoded ones.
    ///   - cacheFormat: the format of cached keys and values.
    ///   - rounds: the number of rounds, at least 1; nil for as many as fit in 12 seconds, from 3 to 25.
    ///   - progress: receives the number of finished rounds and of all rounds, several times per round, and returns
    ///     whether to continue.
    /// - Returns: nil if `progress` returned false.
    /// - Throws: ``GenerationError`` if the model's context is too short, or an argument is out of range.
    public static func measure(
        _ model: TextModel, _ parts: Set<Part> = Set(Part.allCases), depth: Int = 0,
        cacheFormat: CacheFormat = .standard, rounds: Int? = nil,
        progress: (_ done: Int, _ total: Int) -> Bool = { _, _ in true }
    ) throws(GenerationError) -> ModelCost? {
        try measure(
            model.model, parts, depth: depth, cacheFormat: cacheFormat, rounds: rounds, progress: progress)
    }

    /// Measures any model; see above.
    ///
    /// - Parameters:
    ///   - passLengths: the numbers of tokens of the passes, in ascending order from 1.
    ///   - mostRounds: the most rounds if their number is not given.
    static func measure(
        _ model: some LanguageModel, _ parts: Set<Part> = Set(Part.allCases), depth: Int = 0,
        passLengths: [Int] = Self.passLengths, cacheFormat: CacheFormat = .standard,
        rounds: Int? = nil, mostRounds: Int = 25,
        progress: (_ done: Int, _ total: Int) -> Bool = { _, _ in true }
    ) throws(GenerationError) -> ModelCost? {
        try check(model, parts, depth: depth, passLengths, rounds: rounds)
        var measurement = CostMeasurement(
            model, parts, depth: depth, passLengths: passLengths, cacheFormat: cacheFormat)
        var (done, total) = (0, rounds ?? 3)
        func goesOn() -> Bool { progress(done, total) }
        guard measurement.prepare(goesOn) else { return nil }
        let stopwatch = Stopwatch()
        while done < total {
            measurement.round(goesOn)
            guard goesOn() else { return nil }
            done += 1
            if rounds == nil, done == 1 { total = min(max(3, Int(12 / stopwatch.seconds)), mostRounds) }
        }
        _ = goesOn()
        let counts = measurement.regionCounts()
        return ModelCost(
            measurement, of: model, depth: depth, passLengths: passLengths, rounds: done, regions: counts)
    }

    /// Throws if an argument is out of range, or if the model's context is too short for a part.
    static func check(
        _ model: some LanguageModel, _ parts: Set<Part>, depth: Int, _ passLengths: [Int], rounds: Int?
    ) throws(GenerationError) {
        if depth < 0 { throw .invalidOption(name: "depth", expected: "0 or more", found: "\(depth)") }
        if let rounds, rounds < 1 { throw .invalidOption(name: "rounds", expected: "1 or more", found: "\(rounds)") }
        let (behindDepth, overflows) = depth.addingReportingOverflow(decodedTokens)
        for part in Part.allCases where parts.contains(part) {
            let (needed, remedy) =
                switch part {
                case .decode: (overflows ? Int.max : behindDepth, "use a smaller depth, or leave out the part decode")
                case .prefill: (promptLength, "leave out the part prefill")
                case .passes: ((passLengths.last ?? 1) + 1, "use shorter drafts, or leave out the part passes")
                }
            guard model.contextLength < needed else { continue }
            throw .invalidOption(
                name: "context", expected: "\(needed) or more tokens to measure \(part.rawValue)",
                found: "\(model.contextLength); \(remedy)")
        }
    }

    /// The number of tokens before passes that are timed: 256, or as many as a shorter context has room for.
    static func passContext(of model: some LanguageModel, longestPass: Int) -> Int {
        max(0, min(passContext, model.contextLength - longestPass))
    }

    private init<Model: LanguageModel>(
        _ measurement: borrowing CostMeasurement<Model>, of model: Model, depth: Int, passLengths: [Int],
        rounds: Int, regions counts: RegionCounts
    ) {
        weightByteCount = model.weightByteCount
        self.rounds = rounds
        decoding = Decoding(measurement.decoding, depth: depth, bytesPerToken: model.bytesReadPerToken)
        prefillTokensPerSecond = measurement.prefillTokensPerSecond.median
        passes = Passes(
            measurement.passes, lengths: passLengths, layerCount: model.layerCount, exitBlock: model.exitBlock)
        let layers = Double(model.layerCount)
        regions = Regions(
            count: counts.regions, perLayer: Double(counts.regions) / layers,
            stepsPerLayer: Double(counts.steps) / layers,
            overhead: measurement.regionSeconds.median ?? 0, stepOverhead: measurement.stepSeconds.median ?? 0)
    }
}

extension ModelCost.Decoding {
    fileprivate init?(_ samples: [CostMeasurement<some LanguageModel>.Decoding], depth: Int, bytesPerToken: Int) {
        let shares = samples.map { Double(bytesPerToken) * $0.tokensPerSecond / $0.readBytesPerSecond }
        guard let share = shares.median, let tokensPerSecond = samples.map(\.tokensPerSecond).median,
            let readBytesPerSecond = samples.map(\.readBytesPerSecond).median
        else { return nil }
        self.init(
            depth: depth, tokensPerSecond: tokensPerSecond, readBytesPerSecond: readBytesPerSecond,
            shareOfReadSpeed: share)
    }
}

extension ModelCost.Passes {
    fileprivate init?(
        _ samples: [CostMeasurement<some LanguageModel>.Passes], lengths: [Int], layerCount: Int, exitBlock: Int?
    ) {
        let medians = lengths.indices.compactMap { index in samples.map { $0.seconds[index] }.median }
        guard let secondsPerToken = medians.min(), let fastest = medians.firstIndex(of: secondsPerToken),
            let headCost = samples.map({ sample in
                sample.headSeconds[0] / ((sample.seconds[0] - sample.headSeconds[0]) / Double(layerCount))
            }).median
        else { return nil }
        /// The seconds of a part of a pass: the median of its ratio to the round's first pass, so that the passes of
        /// rounds at different speeds compare fairly.
        func points(_ part: (_ whole: Double, _ head: Double) -> Double) -> [(rows: Int, seconds: Double)] {
            lengths.indices.compactMap { index in
                samples.map { part($0.seconds[index], $0.headSeconds[index]) / $0.seconds[0] }.median.map {
                    (lengths[index], $0 * medians[0])
                }
            }
        }
        self.init(
            secondsPerToken: secondsPerToken,
            costs: lengths.indices.compactMap { index in
                samples.map { $0.seconds[index] / $0.seconds[fastest] }.median.map {
                    Point(tokens: lengths[index], cost: $0)
                }
            }, headCost: headCost,
            draftCosts: (0..<layerCount - 1).compactMap { exit in
                samples.map { $0.draftSeconds[exit] / $0.seconds[0] }.median
            },
            points: (points { ($0 - $1) / Double(layerCount) }, points { $1 }),
            layerCount: layerCount, exitBlock: exitBlock)
    }
}
