public import ModelHub

extension TextModel {
    /// Loads a model by path, or by name on a hub, from which it is downloaded if the cache does not have it.
    ///
    /// ```swift
    /// let model = try await TextModel.load(named: "HuggingFaceTB/SmolLM2-135M-Instruct")
    /// ```
    ///
    /// - Parameters:
    ///   - model: the path or name; ``ModelFinder`` says which of them a text is.
    ///   - finder: finds and downloads the model.
    ///   - threads: how many threads compute, 1...1024; nil for one per physical core.
    ///   - loading: how the weights are loaded.
    ///   - downloading: is told how far the download is.
    ///   - progress: is told the share of the weights that are loaded, 0...1.
    /// - Throws: ``HubError``; otherwise as ``init(path:threads:loading:)`` does; `CancellationError` if the task is
    ///   cancelled.
    public static func load(
        named model: String, finder: ModelFinder = ModelFinder(), threads: Int? = nil,
        loading: LoadingOptions = LoadingOptions(),
        downloading: @escaping @Sendable (HubProgress) -> Void = { _ in },
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws -> TextModel {
        let path = try await finder.path(of: model, progress: downloading)
        return try await load(path: path, threads: threads, loading: loading, progress: progress)
    }
}
