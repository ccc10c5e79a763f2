import LayerSkip
import LayerSkipDefaultModel

extension Checkpoint {
    /// Opens what lies at a path, or the default model where none is given.
    ///
    /// - Throws: ``CheckpointError``.
    static func atPathOrDefault(_ path: String?) throws(CheckpointError) -> Checkpoint {
        guard let path else { return try .defaultModel() }
        return try Checkpoint(path: path)
    }
}

extension CheckpointSummary {
    /// Summarizes what lies at a path, or the default model where none is given.
    ///
    /// - Throws: ``CheckpointError``.
    static func atPathOrDefault(_ path: String?) throws(CheckpointError) -> CheckpointSummary {
        guard let path else { return try CheckpointSummary(.defaultModel()) }
        return try CheckpointSummary(path: path)
    }
}
