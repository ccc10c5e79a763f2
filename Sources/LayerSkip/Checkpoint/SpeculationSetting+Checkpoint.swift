import CheckpointFiles
import TokenDecoding

/// A GGUF file stores the setting as `layerskip.exit_layer` and `layerskip.draft_length`; other programs ignore these
/// keys. Folders cannot store it.
extension SpeculationSetting {
    /// Reads the setting of a GGUF file; returns nil if it has none.
    ///
    /// - Throws: if only one of the two numbers is there, or a number is out of range for the model.
    init?(_ metadata: GGUFMetadata, layerCount: Int) throws(CheckpointError) {
        let keys = [Key.exitLayer, Key.draftLength]
        guard keys.contains(where: { metadata[$0] != nil }) else { return nil }
        for missing in keys where metadata[missing] == nil {
            throw metadata.failure(
                missing, expected: keys.joined(separator: " and ") + ", or neither", found: "none")
        }
        self.init(
            exitLayer: try metadata.integer(named: Key.exitLayer, in: Self.exitLayers(of: layerCount)),
            draftLength: try metadata.integer(named: Key.draftLength, in: Self.draftLengths))
    }

    private static let draftLengths = 0...maximumDraftLength

    private static func exitLayers(of layerCount: Int) -> ClosedRange<Int> { 1...layerCount }

    /// Checks the setting against a model's number of layers.
    func check(layerCount: Int, file: String) throws(CheckpointError) {
        for (name, value, range) in [
            ("exit layer", exitLayer, Self.exitLayers(of: layerCount)),
            ("draft length", draftLength, Self.draftLengths),
        ] where !range.contains(value) {
            throw CheckpointError(file: file, name: name, expected: "\(range)", found: "\(value)")
        }
    }

    func write(to metadata: inout GGUFMetadata) {
        metadata[Key.exitLayer] = .uint32(UInt32(exitLayer))
        metadata[Key.draftLength] = .uint32(UInt32(draftLength))
    }

    static func remove(from metadata: inout GGUFMetadata) {
        metadata[Key.exitLayer] = nil
        metadata[Key.draftLength] = nil
    }

    private enum Key {
        static let exitLayer = "layerskip.exit_layer"
        static let draftLength = "layerskip.draft_length"
    }
}
