import LayerSkip

/// Does work on a text from a file. An error about the text begins with the file's name.
///
/// - Parameter name: nil where the text is from the command line.
func inText<Result>(_ name: String?, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error where error is DecodingError || error is EvaluationError {
        throw name.map { TextError(name: $0, error: error) } ?? error
    }
}

/// An error about the text of a file.
private struct TextError: Error, CustomStringConvertible {
    let name: String
    let error: any Error

    var description: String { "\(name): \(error)".harmless(limit: 8192) }
}
