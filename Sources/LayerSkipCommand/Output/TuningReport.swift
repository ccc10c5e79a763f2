import LayerSkip

/// A tuning as JSON and as text.
struct TuningReport: Encodable {
    let texts: Int
    let tokens: Int
    let temperature: Double
    /// The seed; null if the most likely tokens are taken.
    let seed: Nullable<UInt64>
    /// The predicted speed of plain decoding.
    let plainTokensPerSecond: Double
    let exits: [Exit]
    let cells: [Cell]
    /// Lookups of earlier text, by draft length.
    let lookups: [Cell]
    /// Copies of the weights in smaller formats, if there are any.
    let copies: [Copy]
    let draftVocabulary: Vocabulary
    /// Null if no exit layer is predicted and measured to be faster than plain decoding.
    let recommended: Nullable<Recommendation>
    /// What was predicted to be faster than plain decoding, but measured to be no faster; null if nothing was.
    let refuted: Nullable<Recommendation>
    /// The other settings that were run.
    let searched: [Recommendation]
    let auto: Checked
    /// The file that the result was stored in.
    let saved: Nullable<String>
    let kernels: String
    let threads: Int

    struct Exit: Encodable {
        let exitLayer: Int
        /// The share of tokens at which the exit has the text's token.
        let agreement: Double
    }

    struct Copy: Encodable {
        let recipe: String
        let bytes: Int
        let agreement: Double
        /// The duration of its passes relative to those of the model.
        let timeShare: Double
        let cells: [Cell]
    }

    struct Cell: Encodable {
        let exitLayer: Nullable<Int>
        let draftLength: Int
        let rounds: Int
        let drafted: Int
        let accepted: Int
        let acceptanceRate: Double
        let predictedSpeedup: Double

        init(_ cell: Tuning.Cell) {
            exitLayer = Nullable(cell.exitLayer)
            draftLength = cell.draftLength
            rounds = cell.rounds
            drafted = cell.drafted
            accepted = cell.accepted
            acceptanceRate = cell.acceptanceRate
            predictedSpeedup = cell.speedup
        }
    }

    struct Vocabulary: Encodable {
        /// The number of different tokens that the model wrote.
        let written: Int
        let size: Int
        let coverage: [Coverage]
    }

    struct Coverage: Encodable {
        /// The number of tokens at the beginning of the ranking.
        let tokens: Int
        let share: Double
    }

    struct Recommendation: Encodable {
        let exitLayer: Int
        let draftLength: Int
        let predictedSpeedup: Double
        let measuredSpeedup: Spread
    }

    struct Checked: Encodable {
        let exitLayer: Nullable<Int>
        /// The sources that drafted.
        let sources: [String]
        let measuredSpeedup: Spread
    }

    /// - Parameters:
    ///   - check: a benchmark of the recommended setting, if there is one, and of `auto`.
    ///   - path: the file that the result was stored in.
    init(
        _ tuning: Tuning, _ check: StrategyBenchmark, of model: TextModel, _ sampling: Sampling, savedTo path: String?
    ) {
        func speedup(_ name: DecodingStrategy.Name) -> Spread { Spread(check.speedups(of: name)) }
        texts = tuning.textCount
        tokens = tuning.tokenCount
        // In decimals, as it was given.
        temperature = Double("\(sampling.temperature)") ?? 0
        seed = Nullable(sampling.isGreedy ? nil : sampling.seed)
        plainTokensPerSecond = 1 / tuning.plainSecondsPerToken
        exits = zip(tuning.exitLayers, tuning.agreements).map { Exit(exitLayer: $0, agreement: $1) }
        cells = tuning.cells.map(Cell.init)
        lookups = tuning.lookups.map(Cell.init)
        copies = tuning.copies.map {
            Copy(
                recipe: $0.recipe, bytes: $0.byteCount, agreement: $0.agreement, timeShare: $0.timeShare,
                cells: $0.cells.map(Cell.init))
        }
        draftVocabulary = Vocabulary(
            written: tuning.vocabulary.written.count, size: tuning.vocabulary.size,
            coverage: tuning.vocabulary.coverage.map { Coverage(tokens: $0.count, share: $0.share) })
        let best = tuning.best.flatMap { best in
            best.exitLayer.map {
                Recommendation(
                    exitLayer: $0, draftLength: best.draftLength, predictedSpeedup: best.speedup,
                    measuredSpeedup: speedup(.selfSpeculative))
            }
        }
        let isFaster = check.isFaster(.selfSpeculative)
        recommended = Nullable(isFaster ? best : nil)
        refuted = Nullable(isFaster ? nil : best)
        searched = check.measurements.filter { $0.strategy.name == .selfSpeculative }.dropFirst().compactMap { other in
            guard case .selfSpeculative(let setting) = other.strategy,
                let cell = tuning.cells.first(where: {
                    $0.exitLayer == setting.exitLayer && $0.draftLength == setting.draftLength
                })
            else { return nil }
            return Recommendation(
                exitLayer: setting.exitLayer, draftLength: setting.draftLength, predictedSpeedup: cell.speedup,
                measuredSpeedup: Spread(check.speedups(of: other)))
        }
        let automatic = check.measurements.first { $0.strategy.name == .auto }
        auto = Checked(
            exitLayer: Nullable(tuning.setting?.exitLayer),
            sources: DraftSource.allCases.filter { source in
                automatic?.rounds.contains { $0.sources[source] != nil } ?? false
            }.map(\.rawValue), measuredSpeedup: speedup(.auto))
        saved = Nullable(path)
        kernels = model.model.compute.kernels.name
        threads = model.model.compute.pool.threadCount
    }
}

// MARK: Text

extension TuningReport {
    /// The report for people.
    var text: String {
        let draws = seed.value.map { "sampled (temperature \(temperature), seed \($0))" } ?? "greedy"
        var lines = [
            "\(texts.counted("text")) of \(tokens.counted("token")), \(draws), \(kernels), \(threads.counted("thread"))",
            "predicted speed relative to plain decoding (\(plainTokensPerSecond.formatted(decimals: 1)) tok/s), "
                + "by exit layer and draft length:",
        ]
        lines += TuningGrid(self).lines
        if let recommended = recommended.value {
            lines.append("recommended  \(recommended.text)")
        } else if let refuted = refuted.value {
            lines.append("recommended  no drafts by early exit: the best is not faster; \(refuted.text)")
        } else {
            lines.append("recommended  no drafts by early exit: none is predicted to be faster than plain decoding")
        }
        if let best = searched.max(by: { $0.measuredMedian < $1.measuredMedian }) {
            lines.append("searched     \(searched.count.counted("other setting")), the fastest \(best.text)")
        }
        let drafts = copies.flatMap { copy in copy.cells.map { (copy, $0) } }
        if let (copy, cell) = drafts.max(by: { $0.1.predictedSpeedup < $1.1.predictedSpeedup }) {
            // What auto gains without it counts, too.
            let gains = cell.predictedSpeedup > max(1, auto.measuredSpeedup.median.value ?? 0)
            lines.append(
                "copies       best: \(copy.recipe), \(copy.bytes.megabytes), draft length \(cell.draftLength), "
                    + "estimated \(cell.predictedSpeedup.formatted(decimals: 2)) "
                    + (gains ? "(--draft-quantize \(copy.recipe))" : "(not recommended)"))
        }
        let exit = auto.exitLayer.value.map { "exit layer \($0)" } ?? "no exit layer"
        let sources = auto.sources.isEmpty ? "nothing" : auto.sources.joined(separator: ", ")
        lines.append("auto         \(exit), drafted by \(sources): measured \(auto.measuredSpeedup.text)")
        var vocabulary = "\(draftVocabulary.written) of \(draftVocabulary.size) tokens were written"
        if !draftVocabulary.coverage.isEmpty {
            let covered = draftVocabulary.coverage.map { "\($0.tokens) cover \($0.share.percentage)" }
            vocabulary += "; of other texts, the most frequent \(covered.joined(separator: ", "))"
        }
        lines.append("vocabulary   \(vocabulary)")
        if let saved = saved.value { lines.append("saved        \(saved.harmless(limit: 4096))") }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension TuningReport.Recommendation {
    fileprivate var measuredMedian: Double { measuredSpeedup.median.value ?? 0 }

    fileprivate var text: String {
        SpeculationSetting(exitLayer: exitLayer, draftLength: draftLength).summary
            + ": predicted \(predictedSpeedup.formatted(decimals: 2)), measured \(measuredSpeedup.text)"
    }
}
