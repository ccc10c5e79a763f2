import CheckpointFiles
import TextTokens

extension CheckpointError {
    /// What is wrong with the tokenizer or the chat template in a file.
    init(_ error: TokenizerError, file: String) {
        let parts = error.parts
        self.init(file: file, name: parts.name, expected: parts.expected, found: parts.found)
    }
}

/// What a closure returns, with its error as one that names a file.
func inFile<Result>(
    _ path: String, _ body: () throws(TokenizerError) -> Result
) throws(CheckpointError) -> Result {
    do throws(TokenizerError) { return try body() } catch { throw CheckpointError(error, file: path) }
}
