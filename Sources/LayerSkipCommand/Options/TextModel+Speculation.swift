import LayerSkip

extension TextModel {
    /// The setting for self-speculation in the model's file, or the one published for a checkpoint of its shape, or the
    /// exit of its exit block; nil if there is none of these.
    var knownSpeculation: SpeculationSetting? {
        let isKnown = summary.speculation != nil || summary.published != nil || summary.exitBlock != nil
        return isKnown ? speculation() : nil
    }

    /// The exit layers in the model's file; if there are none, that of a setting.
    func exits(or setting: SpeculationSetting) -> [Int] {
        summary.exitLayers.isEmpty ? [setting.exitLayer] : summary.exitLayers
    }

    /// Says on standard error which parts of a published setting are used, if any.
    ///
    /// - Parameters:
    ///   - exitLayer: the given exit layers; nil if the published one is used.
    ///   - draftLength: the given draft lengths; nil if the published one is used.
    ///   - options: the options that override it.
    func notePublished(exitLayer: (some Any)?, draftLength: (some Any)?, options: String) {
        guard let published = summary.published else { return }
        var parts: [String] = []
        if exitLayer == nil { parts.append("exit layer \(published.setting.exitLayer)") }
        if draftLength == nil { parts.append("draft length \(published.setting.draftLength)") }
        guard !parts.isEmpty else { return }
        Output.note([
            "\(parts.joined(separator: ", ")): as published for \(published.checkpoint), "
                + "\(published.isNamed ? "which this model is by name and shape" : "whose shape this model has")"
                + "; to override, use \(options)"
        ])
    }
}

extension SpeculationSetting {
    /// The setting in words.
    var summary: String { "exit layer \(exitLayer), draft length \(draftLength)" }
}
