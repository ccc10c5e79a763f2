package import LanguageModels
package import TensorCore

/// What each exit makes of a given text, and how sure it is: from this, approximate decoding of the text by any threshold
/// is known without running it.
///
/// The text itself is read, not what the exits would have written, and keys and values are exact. So a token that leaves
/// early changes nothing for later ones.
package struct ExitRuleTrace: Sendable {
    /// The numbers of layers after which tokens may leave, in ascending order, and all layers.
    package let exitLayers: [Int]
    /// The number of scored tokens.
    package private(set) var scoredTokens = 0

    /// One exit's view of all scored tokens.
    private struct Exit {
        /// See ``ExitRule/Threshold/certainty(of:row:on:)``.
        var certainties: [Double] = []
        /// Negative log-likelihoods in nats.
        var losses: [Double] = []
        /// Whether its most likely token is the right one, and whether it is the last layer's.
        var hits: [Bool] = []
        var agreements: [Bool] = []
    }

    private var exits: [Exit]

    /// Reads a text, divided into independent windows.
    ///
    /// - Parameters:
    ///   - exitLayers: numbers of layers.
    ///   - measure: a threshold with the measure to use; its value does not matter.
    ///   - beginning: a token to begin each window with; nil for none.
    ///   - window: tokens per window.
    ///   - progress: called with the number of the text's tokens that are done; returns whether to continue.
    /// - Returns: nil if `progress` returned false.
    /// - Throws: ``EvaluationError`` if the window is out of range, the text is too short or has unknown ids, or the
    ///   last layer's logits are not finite.
    package init?(
        _ model: some LanguageModel, on text: [Token], exitLayers: [Int], measure: ExitRule.Threshold,
        beginning: Token? = nil, window: Int, cacheFormat: CacheFormat = .standard,
        progress: (Int) -> Bool = { _ in true }
    ) throws(EvaluationError) {
        self.exitLayers = Set(exitLayers).union([model.layerCount]).sorted()
        exits = self.exitLayers.map { _ in Exit() }
        let windows = try EvaluationWindows(
            of: text, beginning: beginning, window: window, cacheFormat: cacheFormat, for: model)
        let isWhole = try windows.forEachChunk(model, progress: progress) {
            (tokens, targets, cache) throws(ExitEvaluation.NotFinite) in
            try read(model, tokens, targets: targets, measure, &cache)
        }
        guard isWhole else { return nil }
    }

    private mutating func read(
        _ model: some LanguageModel, _ tokens: [Token], targets: [Token], _ measure: ExitRule.Threshold,
        _ cache: inout KVCache
    ) throws(ExitEvaluation.NotFinite) {
        var x = model.embed(tokens)
        var (layer, predictions) = (0, [[Int?]]())
        for (index, exitLayer) in exitLayers.enumerated() {
            let rows = model.runToExit(layer..<exitLayer, x, &cache)
            (x, layer) = (rows.hidden, exitLayer)
            let logits = model.logits(rows.output)
            exits[index].certainties += targets.indices.map {
                measure.certainty(of: logits, row: $0, on: model.compute)
            }
            exits[index].losses += model.compute.crossEntropy(logits, targets: targets)
            let predicted = targets.indices.map { model.compute.argmax(logits, row: $0) }
            exits[index].hits += zip(predicted, targets).map { $0 == Int($1) }
            predictions.append(predicted)
        }
        guard let last = predictions.last, !last.contains(nil) else {
            throw ExitEvaluation.NotFinite(exit: model.layerCount)
        }
        for index in exits.indices { exits[index].agreements += zip(predictions[index], last).map { $0 == $1 } }
        scoredTokens += targets.count
    }

    /// What plain decoding would make of the text.
    package var plain: ExitRuleOutcome { outcome { _ in false } }

    /// What approximate decoding by a threshold would make of it.
    package func outcome(of threshold: ExitRule.Threshold) -> ExitRuleOutcome {
        outcome { threshold.isReached(by: $0) }
    }

    /// - Parameter leaves: whether a token leaves at an exit that is so sure.
    private func outcome(_ leaves: (_ certainty: Double) -> Bool) -> ExitRuleOutcome {
        var outcome = ExitRuleOutcome()
        for token in 0..<scoredTokens {
            let index = exits.dropLast().firstIndex { leaves($0.certainties[token]) } ?? exits.count - 1
            let exit = exits[index]
            outcome.count(
                layers: exitLayers[index], loss: exit.losses[token], isHit: exit.hits[token],
                isAgreed: exit.agreements[token])
        }
        return outcome
    }

    /// The strictest threshold whose tokens need at most half of the layers; nil if there is none.
    package func thresholdOfHalf(_ measure: ExitRule.Threshold) -> ExitRule.Threshold? {
        let half = Double(exitLayers.last ?? 0) / 2
        func isCheap(_ threshold: ExitRule.Threshold) -> Bool { outcome(of: threshold).layersPerToken <= half }
        var (loose, strict): (Double, Double)
        func threshold(_ value: Double) -> ExitRule.Threshold {
            switch measure {
            case .confidence: .confidence(value)
            case .entropy: .entropy(value)
            }
        }
        switch measure {
        case .confidence: (loose, strict) = (0, 1)
        case .entropy: (loose, strict) = (64, 0)
        }
        guard isCheap(threshold(loose)) else { return nil }
        for _ in 0..<20 {
            let middle = (loose + strict) / 2
            if isCheap(threshold(middle)) { loose = middle } else { strict = middle }
        }
        return threshold(loose)
    }
}
