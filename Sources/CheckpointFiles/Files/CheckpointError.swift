/// An error in reading or writing a model's checkpoint: which file, which part of it, what was expected and what was
/// found.
public struct CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
    private let fault: FileError

    /// Makes an error from its four parts.
    public init(file: String, name: String = "", expected: String, found: String) {
        fault = FileError(file: file, name: name, expected: expected, found: found)
    }

    /// Wraps an error about one of a checkpoint's files.
    package init(_ fault: FileError) { self.fault = fault }

    /// The path of the file, as given.
    public var file: String { fault.file }
    /// The part of the file that is wrong, such as `tensor "output.weight"`; empty for the file itself.
    public var name: String { fault.name }
    /// What was expected.
    public var expected: String { fault.expected }
    /// What was found instead.
    public var found: String { fault.found }

    /// A single line, such as `model.gguf: tensor "output.weight": expected shape [576, 576], found [576, 192]`.
    public var description: String { fault.description }
}

/// Calls a function on a checkpoint's file and rethrows its ``FileError`` as a ``CheckpointError``.
package func inCheckpoint<Result: ~Copyable>(
    _ call: @autoclosure () throws(FileError) -> Result
) throws(CheckpointError) -> Result {
    do { return try call() } catch { throw CheckpointError(error) }
}
