/// Why a model's checkpoint could not be read or written: which of its files, what in it, what was expected there and what
/// was found.
public struct CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
    private let fault: FileError

    /// Makes an error from its four parts.
    public init(file: String, name: String = "", expected: String, found: String) {
        fault = FileError(file: file, name: name, expected: expected, found: found)
    }

    /// What is wrong with one of a checkpoint's files.
    package init(_ fault: FileError) { self.fault = fault }

    /// The path of the file, as it was given.
    public var file: String { fault.file }
    /// What in the file is wrong, such as `tensor "output.weight"`; empty where it is the file itself.
    public var name: String { fault.name }
    /// What would have been right.
    public var expected: String { fault.expected }
    /// What was there instead.
    public var found: String { fault.found }

    /// One line, such as `model.gguf: tensor "output.weight": expected shape [576, 576], found [576, 192]`.
    public var description: String { fault.description }
}

/// What is done with a file of a checkpoint: what is wrong with the one is wrong with the other.
package func inCheckpoint<Result: ~Copyable>(
    _ call: @autoclosure () throws(FileError) -> Result
) throws(CheckpointError) -> Result {
    do { return try call() } catch { throw CheckpointError(error) }
}
