import CheckpointFiles
public import ModelHub

/// The models in the cache of downloads.
public struct ModelCache: Sendable {
    private let cache: HubCache

    /// A model that is complete in the cache.
    public struct Entry: Sendable, Hashable {
        /// The name under which ``ModelFinder`` finds it.
        public let name: HubModelName
        /// The path to open.
        public let path: String
        /// The size of its files in bytes.
        public let byteCount: Int
    }

    /// Refers to the cache that the settings name, which need not exist.
    public init(_ settings: HubSettings) { cache = HubCache(settings.cache) }

    /// The folder of the cache.
    public var path: String { cache.path }

    /// The models, sorted by name. A repository with several GGUF files has several.
    public var entries: [Entry] {
        cache.entries.map { Entry(name: $0.name, path: $0.model.path, byteCount: $0.byteCount) }
    }

    /// Removes a model. Without a quantization, file or revision in its name, all of its repository is removed.
    ///
    /// - Returns: the number of bytes that are freed.
    /// - Throws: ``HubError`` if the cache does not hold it, or another program is downloading it.
    public func remove(_ model: HubModelName) throws(HubError) -> Int { try cache.remove(model) }
}
