import LayerSkip

/// The settings that strategies of a benchmark have in common.
struct ComparedStrategies {
    let exitLayer: Int?
    let draftLength: Int?

    /// The settings in words, those that there are.
    var facts: [String] {
        [exitLayer.map { "exit layer \($0)" }, draftLength.map { "draft length \($0)" }].compactMap(\.self)
    }
}

extension ComparedStrategies {
    init(_ strategies: [DecodingStrategy]) {
        exitLayer = strategies.lazy.compactMap { $0.draftingExitLayer ?? $0.textLayerCount }.first
        draftLength = strategies.lazy.compactMap(\.draftLength).first
    }
}

extension DecodingStrategy {
    /// The number of tokens drafted per round; nil if it is not fixed.
    fileprivate var draftLength: Int? {
        if case .selfSpeculative(let setting) = self { setting.draftLength } else { nil }
    }
}

extension DecodingStrategy.Name {
    /// The name in tables.
    var label: String { self == .earlyExit ? "early exit" : rawValue }

    /// The label with spaces after it, up to the longest name's length.
    var paddedLabel: String {
        let longest = Self.allCases.map(\.rawValue.count).max() ?? 0
        return label + String(repeating: " ", count: max(0, longest - label.count))
    }
}
