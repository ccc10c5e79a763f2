package import TensorCore

/// Where a model's weights come from: a file, or a generator of random ones.
///
/// Names are Hugging Face's, such as `model.layers.0.self_attn.q_proj.weight`; a source translates them to its own.
package protocol TensorSource: Sendable {
    /// The path of the file, or what else errors should name.
    var file: String { get }

    /// How the source orders the rows of the query and key projections.
    var ropePairing: RoPEPairing { get }

    /// What the source itself calls a tensor, whether or not it has it; for errors.
    func storedName(of name: String) -> String

    /// Whether there is a tensor of this name.
    func contains(_ name: String) -> Bool

    /// The tensor of a name, which must have this shape; a single number asks for a vector.
    ///
    /// - Throws: if there is no such tensor, or its shape is another.
    func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor

    /// Finds out whether the tensors that were read so far are what the source held when it was opened.
    ///
    /// - Throws: if a file was written to meanwhile.
    func checkUnchanged() throws(CheckpointError)
}

extension TensorSource {
    /// Sources without files do not change.
    package func checkUnchanged() throws(CheckpointError) {}
}
