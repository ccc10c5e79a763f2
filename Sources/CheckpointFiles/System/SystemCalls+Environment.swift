import CLibc

extension SystemCalls {
    /// The value of an environment variable; nil if it is not set.
    static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }
}

/// The variables that the program was started with.
package enum Environment {
    /// The value of a variable; nil if it is not set or empty.
    package static func value(of name: String) -> String? {
        SystemCalls.environment(name).flatMap { $0.isEmpty ? nil : $0 }
    }
}
