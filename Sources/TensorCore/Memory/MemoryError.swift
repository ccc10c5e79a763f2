/// Thrown where the system has too little memory.
public struct MemoryError: Error, Equatable, CustomStringConvertible {
    /// Bytes that were requested.
    public let byteCount: Int
    /// What they were for, such as `weights`.
    public let purpose: String
    /// Bytes that there are; nil where only the refusal is known.
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
    /// Decides what happens where an operation cannot have memory for its result. It must end the program: no operation
    /// can continue without it. By default the program traps; a command would rather print the error and exit.
    ///
    /// Memory whose size is known beforehand (a model's weights, a cache's first page, a training's state) is checked
    /// when these are opened, which throws instead. Call it before anything else of this library.
    public static func onFailure(_ handler: @escaping @Sendable (MemoryError) -> Never) {
        failureHandler = handler
    }

    // Written before any other thread of this library exists.
    nonisolated(unsafe) private static var failureHandler: @Sendable (MemoryError) -> Never = { fatalError("\($0)") }

    func fail() -> Never { Self.failureHandler(self) }
}
