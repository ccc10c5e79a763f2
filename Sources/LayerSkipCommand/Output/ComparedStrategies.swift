import LayerSkip

/// The settings that strategies of a benchmark have in common.
struct ComparedStrategies: Encodable {
    /// The exits that some strategy drafts with, or leaves at.
    let exitLayers: [Int]
    let draftLength: Nullable<Int>
    /// When tokens leave early, in words; nil if none do.
    let rule: Nullable<String>

    /// The settings in words, those that there are.
    var facts: [String] {
        let layers = exitLayers.map(\.description).joined(separator: ", ")
        let parts = [
            exitLayers.isEmpty ? nil : "exit layer \(layers)", draftLength.value.map { "draft length \($0)" },
            rule.value.map { "early exit with \($0)" },
        ]
        return parts.compactMap(\.self)
    }
}

extension ComparedStrategies {
    init(_ strategies: [DecodingStrategy]) {
        exitLayers = Set(strategies.flatMap(\.exitLayers)).sorted()
        draftLength = Nullable(strategies.lazy.compactMap(\.draftLength).first)
        rule = Nullable(strategies.lazy.compactMap { $0.exitRule?.summary }.first)
    }
}

extension DecodingStrategy {
    /// The exits that drafts or tokens use.
    var exitLayers: [Int] {
        draftingExitLayers + (exitRule?.exitLayers ?? []) + [textLayerCount].compactMap(\.self)
    }

    /// The number of tokens drafted per round; nil if it is not fixed.
    fileprivate var draftLength: Int? {
        if case .selfSpeculative(let setting) = self { setting.draftLength } else { nil }
    }
}

extension DecodingStrategy.Name {
    /// The name in tables.
    var label: String { self == .earlyExit ? "early exit" : rawValue }

    /// The label with spaces after it, up to the longest name's length.
    var paddedLabel: String { Self.padded(label) }

    /// A label with spaces after it, up to the longest name's length.
    static func padded(_ label: String) -> String {
        let longest = allCases.map(\.rawValue.count).max() ?? 0
        return label + String(repeating: " ", count: max(0, longest - label.count))
    }
}
