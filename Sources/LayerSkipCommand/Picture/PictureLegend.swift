import LayerSkip

/// The meaning of a picture's colours.
struct PictureLegend {
    /// Classes of the picture, and what they mean.
    let entries: [(name: String, meaning: String)]

    /// - Parameter sources: those of drafts in the text.
    init(_ strategy: DecodingStrategy, sources: Set<DraftSource>, layerCount: Int) {
        var entries = [(name: "prompt", meaning: "prompt")]
        let exitLayers = strategy.draftingExitLayers
        if !exitLayers.isEmpty || strategy.choosesSource {
            if let last = exitLayers.last {
                let others = exitLayers.dropLast().map { "\($0) or " }.joined()
                entries.append(("accepted", "drafted by the first \(others)\(last.counted("layer")), accepted"))
            }
            if sources.contains(.lookup) { entries.append(("lookup", "from earlier text, accepted")) }
            if sources.contains(.cascade) { entries.append(("cascade", "from both, accepted")) }
            if sources.contains(.lowBit) { entries.append(("lowbit", "drafted by low-bit weights, accepted")) }
            entries += [("written", "written by the full model"), ("rejected", "drafted, rejected")]
        } else {
            let writer =
                strategy.exitRule.map { "the first exit with \($0.summary)" } ?? strategy.textLayerCount.map {
                    "the first \($0.counted("layer"))"
                } ?? "the full model"
            entries.append(("written", "written by \(writer)"))
        }
        self.entries = entries
    }

    /// The entries in a line at a place in pixels.
    func svg(x: Double, y: Double) -> String {
        var x = x
        return entries.map { name, meaning in
            defer { x += Double(meaning.count) * Self.letterWidth + Self.sampleWidth + Self.space }
            let sample =
                switch name {
                case "prompt": "<text x=\"\(x.pixels)\" y=\"\(y.pixels)\">ab</text>"
                default:
                    "<rect x=\"\(x.pixels)\" y=\"\((y - 13).pixels)\" width=\"20\" height=\"18\" rx=\"3\"/>"
                        + (name == "rejected"
                            ? "<text class=\"aside\" x=\"\((x + 4).pixels)\" y=\"\((y - 0.5).pixels)\">ab</text>" : "")
                }
            return "<g class=\"\(name) sample\">\(sample)</g>"
                + "<text class=\"note\" x=\"\((x + Self.sampleWidth).pixels)\" y=\"\(y.pixels)\">"
                + "\(meaning.escaped)</text>"
        }.joined(separator: "\n")
    }

    // In pixels; letters of a proportional font are narrower on average.
    private static let letterWidth = 5.9
    private static let sampleWidth = 26.0
    private static let space = 22.0
}

extension DecodingStrategy {
    /// How a text was decoded, and how many tokens each pass of the full model gave.
    func caption(_ statistics: DecodingStatistics, layerCount: Int) -> String {
        let tokens = statistics.generatedTokens.counted("token")
        if let exitRule { return "approximate · early exit with \(exitRule.summary) · \(tokens)" }
        guard let drafting = draftingDescription(layerCount: layerCount, sources: Set(statistics.sources.keys))
        else {
            return textLayerCount.map {
                "early exit · \(tokens), one for each pass of the first \($0) of \(layerCount) layers"
            } ?? "plain decoding · \(tokens), one for each pass of all \(layerCount) layers"
        }
        let share = statistics.acceptanceRate.map { " (\($0.percentage))" } ?? ""
        let perRound = Double(statistics.generatedTokens) / Double(max(1, statistics.rounds))
        return "\(drafting) · accepted \(statistics.accepted) of \(statistics.drafted.counted("draft"))\(share) · "
            + "\(tokens) in \(statistics.rounds.counted("verification")), "
            + "\(perRound.formatted(decimals: 1)) tokens each"
    }
}
