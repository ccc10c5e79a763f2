import CLibc

extension SystemCalls {
    /// The value of an environment variable; nil if it is not set.
    static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }
}
