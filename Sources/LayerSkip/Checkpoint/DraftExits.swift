import CheckpointFiles
import TokenDecoding

/// The exits from which drafts are chosen, if there are several. A GGUF file stores them as `layerskip.exit_layers`;
/// other programs ignore this key.
enum DraftExits {
    private static let key = "layerskip.exit_layers"

    /// Reads the exits of a GGUF file, in ascending order; returns nil if it has none.
    ///
    /// - Throws: if they are not different exits of the model.
    static func read(_ metadata: GGUFMetadata, layerCount: Int) throws(CheckpointError) -> [Int]? {
        guard let numbers = try metadata.integersIfPresent(named: key) else { return nil }
        let exitLayers = numbers.map { Int(clamping: $0) }
        try check(exitLayers, layerCount: layerCount) { metadata.failure(key, expected: $0, found: $1) }
        return exitLayers.sorted()
    }

    /// Stores exits in a GGUF file. A single one is that of the ``SpeculationSetting``, so it is not stored again.
    static func write(_ exitLayers: [Int], to metadata: inout GGUFMetadata) {
        metadata[key] = exitLayers.count > 1 ? .array(.int32s(exitLayers.sorted().map { Int32($0) })) : nil
    }

    /// Throws unless these are different exits of a model, at least one.
    ///
    /// - Parameter failure: makes an error of what was expected and what was found.
    static func check(
        _ exitLayers: [Int], layerCount: Int, failure: (_ expected: String, _ found: String) -> CheckpointError
    ) throws(CheckpointError) {
        guard !exitLayers.isEmpty else { throw failure("at least one exit layer", "none") }
        if let other = exitLayers.first(where: { !(1...layerCount).contains($0) }) {
            throw failure("exit layers in 1...\(layerCount)", "\(other)")
        }
        guard Set(exitLayers).count == exitLayers.count else {
            throw failure("each exit layer once", "one of them twice")
        }
    }
}
