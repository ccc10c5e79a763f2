extension SimulatedRounds {
    /// The seconds that the rounds would take, and those of plain decoding of the same tokens; nil if nothing was
    /// measured.
    ///
    /// - Parameters:
    ///   - costs: predicts the duration of passes.
    ///   - drafting: the same for rounds with drafts by layers; nil if it does not differ.
    ///   - path: how drafts run; nil for lookups.
    ///   - layers: those that determine the text.
    ///   - choosing: the seconds of choosing a token from its logits, which the costs of passes do not include.
    package func seconds(
        _ costs: CostModel, drafting: CostModel? = nil, on path: DraftPath?, layers: Int, choosing: Double
    ) -> (drafting: Double, plain: Double)? {
        guard let plain = costs.plain(layers: layers, texts: 1) else { return nil }
        // Verification stops at the first rejected token.
        var seconds = choosing * Double(tokens + (path == nil ? 0 : drafted))
        for (drafted, count) in roundsByDrafted {
            let round =
                if drafted == 0 {
                    plain
                } else if let path {
                    (drafting ?? costs).draft(on: path, layers: layers, texts: 1, drafted: drafted)
                } else {
                    costs.lookup(layers: layers, texts: 1, drafted: drafted)
                }
            guard let round else { return nil }
            seconds += Double(count) * round
        }
        return (seconds, Double(tokens) * (plain + choosing))
    }
}
