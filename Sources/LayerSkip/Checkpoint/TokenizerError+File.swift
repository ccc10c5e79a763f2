package import CheckpointFiles
package import TextTokens

extension CheckpointError {
    /// Creates an error from one about the tokenizer or chat template in a file.
    init(_ error: TokenizerError, file: String) {
        let parts = error.parts
        self.init(file: file, name: parts.name, expected: parts.expected, found: parts.found)
    }
}

extension FileError {
    /// Creates an error from one about a part of a file.
    package init(_ error: TokenizerError, file: String) {
        let parts = error.parts
        self.init(file: file, name: parts.name, expected: parts.expected, found: parts.found)
    }
}

/// Runs a closure and turns its error into one that names a file.
func inFile<Result>(
    _ path: String, _ body: () throws(TokenizerError) -> Result
) throws(CheckpointError) -> Result {
    do throws(TokenizerError) { return try body() } catch { throw CheckpointError(error, file: path) }
}
