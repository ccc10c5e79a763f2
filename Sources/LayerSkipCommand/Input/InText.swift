import LayerSkip

/// Runs work on a text, and puts the file's name before an error about that text.
///
/// - Parameter name: the file's name; nil for a text from the command line.
func inText<Result>(_ name: String?, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error where error is GenerationError || error is EvaluationError {
        throw name.map { TextError(name: $0, error: error) } ?? error
    }
}

/// Runs work on many texts at once, and puts the name of a text before an error about it.
///
/// - Parameter name: the name of the text with a number.
func inBatch<Result>(_ name: (Int) -> String, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as BatchError {
        throw TextError(name: name(error.index), error: error.error)
    }
}

/// Runs work on a conversation, and puts the name of its file before an error of the chat template.
///
/// - Parameter name: the file's name; nil for a conversation from the command line.
func inConversation<Result>(_ name: String?, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as CheckpointError {
        throw name.map { TextError(name: $0, error: error) } ?? error
    }
}

/// An error about the text of a file.
private struct TextError: Error, CustomStringConvertible {
    let name: String
    let error: any Error

    var description: String { "\(name): \(error)".harmless(limit: 8192) }
}
