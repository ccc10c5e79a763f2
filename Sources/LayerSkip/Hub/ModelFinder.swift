import CheckpointFiles
public import ModelHub
import ModelHubDownload

/// Finds models by path, or by name on a hub such as huggingface.co, and downloads them into the cache that Python's
/// `huggingface_hub` also uses.
///
/// ```swift
/// let finder = ModelFinder()
/// let path = try await finder.path(of: "bartowski/SmolLM2-135M-Instruct-GGUF:Q4_K_M")
/// let model = try TextModel(path: path)
/// ```
///
/// A text that is the path of something is that path. A text is also a path if it begins with `.`, `/` or `~`, ends in
/// `.gguf`, or has more than one slash. Every other `OWNER/NAME[:FILE or quantization][@revision]` is a name on a hub.
///
/// Downloads need the package trait `Hub`: `.package(url: ..., traits: ["Hub"])`, or `swift build --traits Hub`.
/// Without it, models that are already in the cache are found.
public struct ModelFinder: Sendable {
    private let given: HubSettings?

    /// Makes a finder.
    ///
    /// - Parameter settings: where models are downloaded from and stored; nil to read the environment
    ///   (``HubSettings/fromEnvironment()``) when a name is met that is no path.
    public init(_ settings: HubSettings? = nil) { given = settings }

    /// Whether this program can download models, which the package trait `Hub` decides when it is built.
    public static var canDownload: Bool {
        #if Hub
            true
        #else
            false
        #endif
    }

    /// The path of a model that needs no download: the text itself if it is a path, or that of a model that is complete
    /// in the cache; nil for one that must be downloaded.
    ///
    /// - Throws: ``HubError`` if the settings are wrong.
    public func localPath(of model: String) throws(HubError) -> String? {
        switch ModelPlace(model) {
        case .path(let path): path
        case .hub(let name): try HubCache(settings().cache).find(name)?.path
        }
    }

    /// The path of a model that needs no download; for any other, the text itself.
    func knownPath(of model: String) -> String { (try? localPath(of: model)) ?? model }

    /// The path of a model that needs no download, for work that cannot wait for one.
    ///
    /// - Throws: ``HubError`` if the model must be downloaded.
    func cachedPath(of model: String) throws(HubError) -> String {
        if let path = try localPath(of: model) { return path }
        throw HubError(
            .missing, model, expected: "an existing path, or a model in the cache (\(try settings().cache))",
            found: "neither; layerskip pull \(model) downloads it")
    }

    /// The path of a model, which is downloaded if it is not in the cache. A model in the cache is not updated.
    ///
    /// - Parameters:
    ///   - model: the path or name.
    ///   - progress: is told how far the download is.
    /// - Throws: ``HubError``; `CancellationError` if the task is cancelled.
    public func path(
        of model: String, progress: @escaping @Sendable (HubProgress) -> Void = { _ in }
    ) async throws -> String {
        if let path = try localPath(of: model) { return path }
        return try await pull(HubModelName(model), progress: progress)
    }

    /// Downloads what the cache lacks of a model's newest commit.
    ///
    /// What arrived before an error or a cancellation is kept, and the next call continues from there.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - progress: is told how far the download is, about ten times a second.
    /// - Returns: the model's path: a GGUF file or a folder.
    /// - Throws: ``HubError``; `CancellationError` if the task is cancelled.
    @discardableResult public func pull(
        _ model: HubModelName, progress: @escaping @Sendable (HubProgress) -> Void = { _ in }
    ) async throws -> String {
        #if Hub
            let download = HubDownload(
                try settings(), userAgent: "layerskip/\(layerSkipVersion)", report: progress)
            return try await download.pull(model).path
        #else
            let cache = try settings().cache
            throw HubError(
                .offline, "\(model)", expected: "an existing path, or a model in the cache (\(cache))",
                found: """
                    neither, in a program without downloads; build it with them: swift build -c release --traits Hub, \
                    or Scripts/install
                    """)
        #endif
    }

    /// The settings in use.
    ///
    /// - Throws: ``HubError`` if a variable of the environment is wrong.
    public func settings() throws(HubError) -> HubSettings {
        if let given { return given }
        return try .fromEnvironment()
    }
}
