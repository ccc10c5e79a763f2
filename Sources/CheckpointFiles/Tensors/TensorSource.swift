package import TensorCore

/// A source of a model's weights: a file, or a generator of random ones.
///
/// Names are Hugging Face's, such as `model.layers.0.self_attn.q_proj.weight`; a source translates them to its own.
package protocol TensorSource: Sendable {
    /// The path of the file, or another name for errors.
    var file: String { get }

    /// The order of rows in the query and key projections.
    var ropePairing: RoPEPairing { get }

    /// What is added to stored factors of norms: 1 if the source stores them minus 1.
    var gainOffset: Float { get }

    /// What the values depend on besides the contents of ``mappings``, such as an adapter's scale; empty for nothing.
    var settings: String { get }

    /// The source's own name for a tensor, whether or not it has it; for errors.
    func storedName(of name: String) -> String

    /// Whether the source has a tensor with this name.
    func contains(_ name: String) -> Bool

    /// The tensor with a name, which must have this shape; a single dimension means a vector.
    ///
    /// - Throws: if there is no such tensor, or it has another shape.
    func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor

    /// The files with the weights; none if they are in memory.
    var mappings: [MappedFile] { get }

    /// Checks that the source's files have not changed since they were opened.
    ///
    /// - Throws: if a file has been written to.
    func checkUnchanged() throws(CheckpointError)
}

extension TensorSource {
    package var gainOffset: Float { 0 }
    package var settings: String { "" }
    package var mappings: [MappedFile] { [] }

    /// Does nothing: sources without files do not change.
    package func checkUnchanged() throws(CheckpointError) {}
}
