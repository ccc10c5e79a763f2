/// A place in a model's tree of weights: `try w["model"]["layers"][i]["self_attn"]("q_proj.weight", rows, columns)`.
package struct Weights: Sendable {
    /// Where the tensors come from.
    package let source: any TensorSource
    private let path: String

    /// The root of a source's tree.
    package init(_ source: any TensorSource) {
        self.init(source, path: "")
    }

    private init(_ source: any TensorSource, path: String) {
        self.source = source
        self.path = path
    }

    /// The place below this one that has a name.
    package subscript(name: String) -> Weights { Weights(source, path: full(name)) }

    /// The place below this one that has a number.
    package subscript(index: Int) -> Weights { Weights(source, path: full("\(index)")) }

    /// The matrix of a name below this place.
    ///
    /// - Throws: if there is none, or its shape is not [rows, columns].
    package func callAsFunction(_ name: String, _ rows: Int, _ columns: Int) throws(CheckpointError) -> StoredTensor {
        try source.tensor(named: full(name), shape: [rows, columns])
    }

    /// The vector of a name below this place.
    ///
    /// - Throws: if there is none, or it has not `count` elements.
    package func callAsFunction(_ name: String, _ count: Int) throws(CheckpointError) -> StoredTensor {
        try source.tensor(named: full(name), shape: [count])
    }

    /// The matrix of a name below this place, or nil if there is none, as for a head that is tied to the embedding.
    ///
    /// - Throws: if there is one whose shape is not [rows, columns].
    package func optional(
        _ name: String, _ rows: Int, _ columns: Int
    ) throws(CheckpointError) -> StoredTensor? {
        contains(name) ? try self(name, rows, columns) : nil
    }

    /// The vector of a name below this place, or nil if there is none.
    ///
    /// - Throws: if there is one that has not `count` elements.
    package func optional(_ name: String, _ count: Int) throws(CheckpointError) -> StoredTensor? {
        contains(name) ? try self(name, count) : nil
    }

    /// Whether there is a tensor of a name below this place.
    package func contains(_ name: String) -> Bool { source.contains(full(name)) }

    /// The name, from the root on, of what has a name below this place.
    package func path(of name: String) -> String { full(name) }

    private func full(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
