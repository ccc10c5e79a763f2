import LayerSkip
import LayerSkipDefaultModel

/// Finds the models that `--model` and other arguments name.
enum ModelSource {
    /// The path of a model: the argument itself, or that of a model on a hub, which is downloaded if the cache does not
    /// have it.
    ///
    /// - Throws: ``HubError``; ``InterruptedError`` after Ctrl-C.
    static func path(of model: String) throws -> String {
        let finder = ModelFinder()
        if let path = try finder.localPath(of: model) { return path }
        let display = DownloadDisplay(model)
        return try waiting { try await finder.path(of: model, progress: display.show) }
    }
}

extension Checkpoint {
    /// Opens a model by path or name, or the default model where none is given.
    ///
    /// - Parameters:
    ///   - adapter: the folder of a LoRA adapter of the model.
    ///   - withoutExitBlock: whether the exit block next to the model is left out.
    /// - Throws: ``CheckpointError``, ``HubError``.
    static func named(
        _ model: String?, adapter: String? = nil, withoutExitBlock: Bool = false
    ) throws -> Checkpoint {
        guard let model else { return try .defaultModel() }
        var checkpoint = try Checkpoint(path: ModelSource.path(of: model), adapter: adapter)
        if withoutExitBlock, !checkpoint.hasExitBlock {
            Output.note(["--without-exit-block: \(model) has no exit block, so this changes nothing"])
        }
        checkpoint.usesExitBlock = !withoutExitBlock
        return checkpoint
    }
}

extension CheckpointSummary {
    /// Summarizes a model by path or name, or the default model where none is given.
    ///
    /// - Throws: ``CheckpointError``, ``HubError``.
    static func named(_ model: String?) throws -> CheckpointSummary {
        guard let model else { return try CheckpointSummary(.defaultModel()) }
        return try CheckpointSummary(path: ModelSource.path(of: model))
    }
}
