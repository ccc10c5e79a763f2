import LayerSkip

/// A curve of approximate decoding as JSON, as text and as CSV.
struct ApproximationReport: Encodable {
    let model: String
    let exitLayers: [Int]
    let layerCount: Int
    /// The tokens that loss and agreement are of, and those that were replayed in each round.
    let tokens: Int
    let replayedTokens: Int
    let plain: Quality
    let points: [Point]
    let kernels: String
    let threads: Int

    struct Quality: Encodable {
        let layersPerToken: Double
        /// Negative log-likelihood in nats per token.
        let nll: Nullable<Double>
        let perplexity: Nullable<Double>
        let accuracy: Double
        /// The share of tokens that the full model would have chosen, too.
        let agreement: Double
        let tokensByExit: [String: Int]

        init(_ outcome: ExitRuleOutcome) {
            layersPerToken = outcome.layersPerToken
            nll = Nullable(outcome.loss)
            perplexity = Nullable(outcome.perplexity)
            accuracy = outcome.accuracy
            agreement = outcome.agreement
            tokensByExit = outcome.tokensByExit.namedKeys
        }
    }

    struct Point: Encodable {
        /// One of them is null.
        let confidence: Nullable<Double>
        let entropy: Nullable<Double>
        /// Whether tokens need half of the layers with this threshold.
        let isHalfOfLayers: Bool
        let quality: Quality
        /// The speed relative to that of plain decoding.
        let speedup: Spread

        init(_ point: ApproximationCurve.Point) {
            switch point.rule.threshold {
            case .confidence(let least): (confidence, entropy) = (Nullable(least), Nullable(nil))
            case .entropy(let most): (confidence, entropy) = (Nullable(nil), Nullable(most))
            }
            isHalfOfLayers = point.isHalf
            quality = Quality(point.outcome)
            speedup = Spread(point.speedups)
        }

        /// The threshold.
        var value: Double { confidence.value ?? entropy.value ?? 0 }
    }

    init(_ curve: ApproximationCurve, of model: TextModel) {
        self.model = model.summary.name?.visible ?? "the model"
        exitLayers = curve.points.first?.rule.exitLayers ?? []
        layerCount = model.shape.layerCount
        tokens = curve.plain.tokens
        replayedTokens = curve.replayedTokens
        plain = Quality(curve.plain)
        points = curve.points.map { Point($0) }
        kernels = model.model.compute.kernels.name
        threads = model.model.compute.pool.threadCount
    }

    /// What is compared with the threshold.
    var measure: String { points.first?.entropy.value == nil ? "confidence" : "entropy" }
}

// MARK: Text

extension ApproximationReport {
    /// A table with a line for each threshold.
    var text: String {
        let exits = exitLayers.map(\.description).joined(separator: ", ")
        let head = [
            "approximate decoding: tokens leave at exit layer \(exits) or after all \(layerCount.counted("layer"))",
            "\(tokens.counted("token")) scored, \(replayedTokens) replayed per round, \(kernels), "
                + threads.counted("thread"),
            measure.padded(to: 10) + "  layers       nll  perplexity  accuracy  agreement  speed over plain decoding",
            "plain".padded(to: 10) + Self.columns(plain),
        ]
        let lines = points.map { point in
            point.value.formatted(decimals: 3).padded(to: 10) + Self.columns(point.quality) + "  "
                + point.speedup.text + (point.isHalfOfLayers ? "  half of the layers" : "")
        }
        let half =
            points.contains(where: \.isHalfOfLayers)
            ? [] : ["no threshold lets tokens need half of the layers or less; earlier exits would"]
        return (head + lines + half).joined(separator: "\n") + "\n"
    }

    private static func columns(_ quality: Quality) -> String {
        quality.layersPerToken.formatted(decimals: 2).padded(to: 8)
            + (quality.nll.value?.formatted(decimals: 4) ?? "-").padded(to: 10)
            + (quality.perplexity.value?.formatted(decimals: 2) ?? "-").padded(to: 12)
            + quality.accuracy.percentage.padded(to: 10) + quality.agreement.percentage.padded(to: 11)
    }

    /// A line for each threshold, plain decoding first.
    var csv: String {
        func line(_ name: String, _ quality: Quality, _ speedup: Double?) -> String {
            let numbers = [
                quality.layersPerToken, quality.nll.value, quality.accuracy, quality.agreement, speedup,
            ]
            return ([name] + numbers.map { $0.map { "\($0)" } ?? "" }).joined(separator: ",")
        }
        let head = [measure, "layers_per_token", "nll", "accuracy", "agreement", "speedup"].joined(separator: ",")
        let lines = points.map { line("\($0.value)", $0.quality, $0.speedup.median.value) }
        return ([head, line("plain", plain, 1)] + lines).joined(separator: "\n") + "\n"
    }
}
