extension CostModel {
    /// Returns the expected seconds per token of plain decoding, without choosing it; nil if nothing was measured.
    ///
    /// - Parameter layers: those that determine the text.
    package func secondsPerToken(layers: Int) -> Double? { plain(layers: layers, texts: 1) }

    /// Returns the expected speed of self-speculation relative to that of plain decoding; nil if nothing was measured.
    ///
    /// - Parameters:
    ///   - tokens: the expected tokens of a round.
    ///   - exitLayer: the number of layers that draft.
    ///   - layers: those that determine the text.
    ///   - draftLength: the number of tokens drafted per round.
    ///   - drafting: predicts rounds with drafts.
    package func speedup(
        tokensPerRound tokens: Double, exitLayer: Int, layers: Int, draftLength: Int, drafting: CostModel
    ) -> Double? {
        guard let plain = plain(layers: layers, texts: 1),
            let round = drafting.earlyExit(exitLayer, layers: layers, texts: 1, drafted: draftLength)
        else { return nil }
        return tokens * plain / round
    }
}
