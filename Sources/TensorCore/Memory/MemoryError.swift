/// The error for too little memory.
public struct MemoryError: Error, Equatable, CustomStringConvertible {
    /// Bytes that were requested.
    public let byteCount: Int
    /// The purpose of the memory, such as `weights`.
    public let purpose: String
    /// Bytes that are available; nil if the system only refused.
    public let available: Int?

    /// What was expected, what was found and what to do.
    public var description: String {
        let found = available.map { "\($0)" } ?? "the system's limit reached"
        return """
            \(purpose): expected \(byteCount) bytes of free memory, found \(found); allow the program more memory, or \
            use a smaller model, context, batch or cache format
            """
    }
}

extension MemoryError {
    /// Sets the handler for operations that cannot allocate memory for their results. It must end the program, because
    /// no operation can continue. By default the program traps; a command should print the error and exit.
    ///
    /// Memory whose size is known beforehand (a model's weights, a cache's first page, the state of a training run) is
    /// checked when these are opened, which throws instead. Call this before anything else of this library.
    public static func onFailure(_ handler: @escaping @Sendable (MemoryError) -> Never) {
        failureHandler = handler
    }

    // Only written before any other thread of this library exists.
    nonisolated(unsafe) private static var failureHandler: @Sendable (MemoryError) -> Never = { fatalError("\($0)") }

    func fail() -> Never { Self.failureHandler(self) }
}
