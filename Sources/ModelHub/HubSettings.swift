import CheckpointFiles

/// Where models are downloaded from and stored. The defaults are those of Python's `huggingface_hub`, so that both
/// share one cache.
public struct HubSettings: Sendable {
    /// The address of the hub, without a slash at its end.
    public var endpoint: String
    /// The folder of the cache.
    public var cache: String
    /// The secret that gives access to models; nil for none.
    public var token: HubToken?
    /// Whether nothing is downloaded.
    public var isOffline: Bool

    /// Makes settings.
    public init(
        endpoint: String = "https://huggingface.co", cache: String, token: HubToken? = nil, isOffline: Bool = false
    ) {
        self.endpoint = endpoint
        self.cache = cache
        self.token = token
        self.isOffline = isOffline
    }

    /// Reads the settings from the environment: HF_ENDPOINT, HF_HUB_CACHE, HF_HOME, HF_TOKEN, HF_TOKEN_PATH and
    /// HF_HUB_OFFLINE.
    ///
    /// - Throws: ``HubError`` if a variable is wrong.
    public static func fromEnvironment() throws(HubError) -> HubSettings {
        try fromEnvironment { Environment.value(of: $0) }
    }

    package static func fromEnvironment(_ value: (String) -> String?) throws(HubError) -> HubSettings {
        let home: String
        if let stated = value("HF_HOME") {
            home = try expanded(stated, "HF_HOME", value)
        } else if let caches = value("XDG_CACHE_HOME") {
            home = "\(caches)/huggingface"
        } else if let user = value("HOME") {
            home = "\(user)/.cache/huggingface"
        } else {
            throw HubError(
                .setting, "cache of models", expected: "its folder in HF_HOME or HF_HUB_CACHE, or HOME",
                found: "none of these variables")
        }
        let cache = try (value("HF_HUB_CACHE") ?? value("HUGGINGFACE_HUB_CACHE")).map { path throws(HubError) in
            try expanded(path, "HF_HUB_CACHE", value)
        }
        var settings = HubSettings(cache: cache ?? "\(home)/hub")
        if let endpoint = value("HF_ENDPOINT") { settings.endpoint = try checked(endpoint: endpoint) }
        settings.isOffline = isOn(value("HF_HUB_OFFLINE")) || isOn(value("TRANSFORMERS_OFFLINE"))
        if let stated = value("HF_TOKEN") ?? value("HUGGING_FACE_HUB_TOKEN") {
            settings.token = try HubToken(stated, from: "HF_TOKEN")
        } else if !isOn(value("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
            let file = try value("HF_TOKEN_PATH").map { path throws(HubError) in
                try expanded(path, "HF_TOKEN_PATH", value)
            }
            settings.token = try HubToken(file: file ?? "\(home)/token")
        }
        return settings
    }

    private static func isOn(_ value: String?) -> Bool {
        ["1", "ON", "YES", "TRUE"].contains(value?.uppercased())
    }

    private static func expanded(
        _ path: String, _ variable: String, _ value: (String) -> String?
    ) throws(HubError) -> String {
        do {
            return try HomeFolder.expand(path, home: value("HOME"))
        } catch {
            throw HubError(.setting, variable, expected: error.expected, found: error.found)
        }
    }

    private static func checked(endpoint: String) throws(HubError) -> String {
        var address = endpoint
        while address.hasSuffix("/") { address.removeLast() }
        let host = ["https://", "http://"].first { address.hasPrefix($0) }.map { address.dropFirst($0.count) }
        guard let host, !host.isEmpty, !host.contains("@"), !host.contains("?"), !host.contains("#") else {
            throw HubError(
                .setting, "HF_ENDPOINT", expected: "an address such as https://huggingface.co", found: endpoint.quoted)
        }
        return address
    }
}
