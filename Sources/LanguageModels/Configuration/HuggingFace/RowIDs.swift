package import CheckpointFiles

/// The ids of `eos_token_id` that a model can produce. Other ids never end a text, as in transformers, but they may be
/// a mistake, so a note reports them.
package struct RowIDs: Sendable {
    /// The ids within the vocabulary.
    package let known: [Token]
    /// Notes for the user about ignored ids.
    package let notes: [String]

    /// - Parameters:
    ///   - rows: the number of rows of the model's head.
    ///   - file: the path of the file with the ids.
    package init(_ ids: OneOrMany?, rows: Int, file: String) {
        let ids = ids?.all ?? []
        known = ids.filter { 0..<rows ~= $0 }.map { Token($0) }
        let name = file.split(separator: "/").last.map { String($0) } ?? file
        notes = ids.filter { !(0..<rows ~= $0) }.map {
            "eos_token_id \($0) in \(name) is not a token of the model and is ignored"
        }
    }
}
