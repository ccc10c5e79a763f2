import LayerSkip

/// A model's costs as JSON and as text. Costs that were not measured are null.
struct CostReport: Encodable {
    let weightBytes: Int
    let rounds: Int
    let decode: Nullable<Decode>
    let prefillTokensPerSecond: Nullable<Double>
    let passes: Nullable<Passes>
    let regions: Regions
    let kernels: String
    let threads: Int

    struct Decode: Encodable {
        let depth: Int
        let tokensPerSecond: Double
        let readBytesPerSecond: Double
        let shareOfReadSpeed: Double
    }

    struct Passes: Encodable {
        let secondsPerToken: Double
        let v: [Point]
        let headCost: Double
        let acceptance: Double
        let draftLength: Int
        let exits: [Exit]
        let best: Nullable<Exit>
    }

    struct Point: Encodable {
        let tokens: Int
        let cost: Double
    }

    /// The prediction for an exit layer.
    struct Exit: Encodable {
        let exitLayer: Int
        let draftCost: Double
        let bestDraftLength: Int
        let expectedSpeedup: Double
        /// The expected speedup with `draftLength` drafts per round.
        let expectedSpeedupAsCounted: Double
    }

    struct Regions: Encodable {
        let count: Int
        let perLayer: Double
        let stepsPerLayer: Double
        let overheadSeconds: Double
        let stepOverheadSeconds: Double
    }

    /// - Parameters:
    ///   - acceptance: the share of drafts that are accepted.
    ///   - draftLength: the number of drafts per round at which that share was measured.
    init(_ cost: ModelCost, of model: TextModel, acceptance: Double, draftLength: Int) {
        weightBytes = cost.weightByteCount
        rounds = cost.rounds
        decode = Nullable(cost.decoding.map(Decode.init))
        prefillTokensPerSecond = Nullable(cost.prefillTokensPerSecond)
        passes = Nullable(cost.passes.map { Passes($0, acceptance: acceptance, draftLength: draftLength) })
        regions = Regions(
            count: cost.regions.count, perLayer: cost.regions.perLayer,
            stepsPerLayer: cost.regions.stepsPerLayer, overheadSeconds: cost.regions.overhead,
            stepOverheadSeconds: cost.regions.stepOverhead)
        kernels = model.model.compute.kernels.name
        threads = model.model.compute.pool.threadCount
    }
}

extension CostReport.Decode {
    fileprivate init(_ decoding: ModelCost.Decoding) {
        self.init(
            depth: decoding.depth, tokensPerSecond: decoding.tokensPerSecond,
            readBytesPerSecond: decoding.readBytesPerSecond, shareOfReadSpeed: decoding.shareOfReadSpeed)
    }
}

extension CostReport.Passes {
    fileprivate init(_ passes: ModelCost.Passes, acceptance: Double, draftLength: Int) {
        let chance = ModelCost.chance(acceptanceRate: acceptance, draftLength: draftLength)
        let exits = passes.draftCosts.enumerated().map { index, cost in
            let best = passes.best(chance: chance, exitLayer: index + 1)
            return CostReport.Exit(
                exitLayer: index + 1, draftCost: cost, bestDraftLength: best.draftLength,
                expectedSpeedup: best.speedup,
                expectedSpeedupAsCounted: passes.speedup(
                    chance: chance, exitLayer: index + 1, draftLength: draftLength))
        }
        self.init(
            secondsPerToken: passes.secondsPerToken,
            v: passes.costs.map { CostReport.Point(tokens: $0.tokens, cost: $0.cost) },
            headCost: passes.headCost, acceptance: acceptance, draftLength: draftLength, exits: exits,
            best: Nullable(exits.max { $0.expectedSpeedup < $1.expectedSpeedup }))
    }
}

// MARK: Text

extension CostReport {
    /// The report as text.
    var text: String {
        var lines: [String] = []
        if let decode = decode.value { lines.append(decode.line) }
        if let rate = prefillTokensPerSecond.value {
            lines.append("prefill   \(rate.formatted(decimals: 1)) tok/s, 512 tokens")
        }
        if let passes = passes.value { lines += passes.lines }
        lines.append(regions.line)
        lines.append(
            "\(weightBytes.megabytes) of weights, \(kernels), \(threads.counted("thread")), median of \(rounds)")
        return lines.joined(separator: "\n") + "\n"
    }
}

extension CostReport.Decode {
    fileprivate var line: String {
        let readSpeed = (readBytesPerSecond / 1e9).formatted(decimals: 1)
        return "decode    \(tokensPerSecond.formatted(decimals: 1)) tok/s at depth \(depth), "
            + "\(shareOfReadSpeed.percentage) of the read speed of \(readSpeed) GB/s"
    }
}

extension CostReport.Passes {
    fileprivate var lines: [String] {
        let costs = v.map { "v(\($0.tokens)) \($0.cost.formatted(decimals: 2))" }.joined(separator: "  ")
        let token = (secondsPerToken * 1e3).formatted(decimals: 3)
        var lines = [
            "passes    \(costs)  of \(token) ms", "head      \(headCost.formatted(decimals: 2)) layers",
        ]
        guard !exits.isEmpty else { return lines }
        lines.append("expected  if \(acceptance.percentage) of drafts are accepted, \(draftLength) per round:")
        lines += exits.map { exit in
            "exit \(exit.exitLayer)".padded(to: 9)
                + "  a draft costs \(exit.draftCost.formatted(decimals: 2)), speedup "
                + "\(exit.expectedSpeedup.formatted(decimals: 2)) with \(exit.bestDraftLength.counted("draft"))"
        }
        return lines
    }
}

extension CostReport.Regions {
    fileprivate var line: String {
        func microseconds(_ seconds: Double) -> String { (seconds * 1e6).formatted(decimals: 2) }
        return "regions   \(count) for all layers, \(microseconds(overheadSeconds)) us each; "
            + "steps \(stepsPerLayer.formatted(decimals: 2)) per layer, \(microseconds(stepOverheadSeconds)) us each"
    }
}
