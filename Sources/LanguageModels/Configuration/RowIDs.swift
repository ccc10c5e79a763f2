package import CheckpointFiles

/// The ids of `eos_token_id`, as far as a model can write them. One above its rows ends no text, in transformers too,
/// but its writer may have meant something: a note says so.
package struct RowIDs: Sendable {
    /// The ids that are a row's.
    package let known: [Token]
    /// What is ignored, for people.
    package let notes: [String]

    /// - Parameters:
    ///   - rows: of the model's head.
    ///   - file: the path of the file that names the ids.
    /// - Throws: ``CheckpointError`` for a negative id.
    package init(_ ids: OneOrMany?, rows: Int, file: String) throws(CheckpointError) {
        let ids = ids?.all ?? []
        if let negative = ids.first(where: { $0 < 0 }) {
            throw CheckpointError(
                file: file, name: "key \"eos_token_id\"", expected: "ids of tokens, 0 or above", found: "\(negative)")
        }
        known = ids.filter { $0 < rows }.map { Token($0) }
        let name = file.split(separator: "/").last.map { String($0) } ?? file
        notes = ids.filter { $0 >= rows }.map {
            "eos_token_id \($0) in \(name) is no token of the model and is ignored"
        }
    }
}
