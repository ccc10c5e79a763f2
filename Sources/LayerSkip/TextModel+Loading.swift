import TensorCore

extension TextModel {
    /// Loads a GGUF file or a model folder on a thread of its own, so that the calling task only waits.
    ///
    /// - Parameters:
    ///   - path: the file or folder.
    ///   - threads: how many threads compute, 1...1024; by default one per physical core.
    ///   - loading: how the weights are loaded.
    ///   - progress: is told the share of the weights that are loaded, 0...1, on the loading thread.
    /// - Throws: as ``init(path:threads:loading:)`` does; `CancellationError` if the task is cancelled.
    public static func load(
        path: String, threads: Int? = nil, loading: LoadingOptions = LoadingOptions(),
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws -> TextModel {
        try await load(threads: threads, loading, progress: progress) { try Checkpoint(path: path) }
    }

    /// Loads a checkpoint on a thread of its own, so that the calling task only waits.
    ///
    /// - Throws: as above.
    public static func load(
        _ checkpoint: Checkpoint, threads: Int? = nil, loading: LoadingOptions = LoadingOptions(),
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws -> TextModel {
        try await load(threads: threads, loading, progress: progress) { checkpoint }
    }

    private static func load(
        threads: Int?, _ loading: LoadingOptions, progress: @escaping @Sendable (Double) -> Void,
        opening open: @escaping @Sendable () throws -> Checkpoint
    ) async throws -> TextModel {
        let pending = PendingResult<TextModel>()
        SystemThread.start {
            let stopwatch = Stopwatch()
            let result = Result {
                let compute = try ComputeContext(threads: threads)
                let model = try TextModel(open(), on: compute, loading, since: stopwatch) { share in
                    progress(share)
                    return !pending.isCancelled
                }
                progress(1)
                return model
            }
            pending.resolve(pending.isCancelled ? .failure(CancellationError()) : result)
        } onFailure: {
            pending.resolve(.failure(ThreadLimitError()))
        }
        return try await withTaskCancellationHandler {
            try await pending.value()
        } onCancel: {
            pending.cancel()
        }
    }
}
