import LanguageModels
import TensorCore

// Dynamic exits: now and then, the rows that a round runs anyway also go through the head at exits that do not draft.

extension Engine {
    /// Runs rows of drafts through the first layers of a path, and keeps those of observed exits on the way.
    mutating func runDraft(
        _ texts: [TokenStream], _ x: Tensor, on path: DraftPath
    ) -> (hidden: Tensor, output: Tensor) {
        var (x, layer) = (x, 0)
        if path.weights == .own, texts.count == 1 {
            texts[0].observed.leaveOut(path.layers)
            for exit in texts[0].observed.exitLayers where exit < path.layers {
                let rows = run(layer..<exit, x, on: path, readsExit: true)
                texts[0].observed.append(rows.output, at: exit)
                (x, layer) = (rows.hidden, exit)
            }
        }
        return run(layer..<path.layers, x, on: path, readsExit: true)
    }

    /// Computes the logits of all observed rows.
    mutating func observe(_ texts: [TokenStream]) {
        guard texts.count == 1, let rows = texts[0].observed.all(each: texts[0].draft.tokens.count + 1) else { return }
        let stopwatch = Stopwatch()
        texts[0].observed.logits = logits(model.compute.stacked(rows))
        texts[0].observed.seconds = stopwatch.seconds
    }

    /// Counts what observing exits took in a round.
    mutating func countObserving(_ texts: [TokenStream]) {
        guard texts.count == 1, texts[0].observed.seconds > 0 else { return }
        costs.count(observing: texts[0].observed.seconds)
        texts[0].observed.seconds = 0
    }
}

extension TokenStream {
    /// Begins a round in which exits may be observed. Only a text that is alone in its step is: otherwise the rows of
    /// several texts would have to be told apart in each pass. Under rejection sampling, an exit's token says little
    /// about whether its drafts would be accepted.
    func beginObserving(texts: Int, _ costs: CostModel) {
        guard texts == 1, sampler.acceptance != .rejection else { return observed.begin([]) }
        observed.begin(drafter.observedExits(costs, layerCount: layerCount))
    }

    /// Tells the drafter what the observed exits would have drafted in place of `next`.
    func learnObserved(on compute: ComputeContext) {
        guard let logits = observed.logits else { return }
        let stopwatch = Stopwatch()
        let count = logits.rows / observed.exitLayers.count
        for (index, exitLayer) in observed.exitLayers.enumerated() {
            var found: [ExitObservation.Token] = []
            for (place, token) in next.enumerated() {
                let (row, position) = (index * count + place, tokens.count + place)
                guard
                    let distribution = try? sampler.distribution(
                        logits, row: row, position: position, after: next[..<place], on: compute)
                else { break }
                let choice = sampler.draw(distribution, at: position, for: .draft)
                found.append(
                    ExitObservation.Token(
                        confidence: compute.probability(of: choice, logits, row: row), isHit: choice == token))
            }
            drafter.learn(ExitObservation(exitLayer: exitLayer, tokens: found))
        }
        observed.begin([])
        observed.seconds += stopwatch.seconds
    }
}
