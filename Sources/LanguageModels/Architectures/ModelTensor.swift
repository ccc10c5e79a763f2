/// A tensor of a model with known shapes: a row of ``TensorTable``, for one layer.
package struct ModelTensor: Sendable {
    /// The tensor's role in the model.
    package let role: TensorRole
    /// The name in a model folder.
    package let name: String
    /// The name in a GGUF file.
    package let ggufName: String
    /// [rows, columns], or [count] for a vector.
    package let shape: [Int]
    /// The use of its elements.
    package let kind: TensorKind
    /// The part of the model that it belongs to.
    let part: ModelPart

    /// The matrices of which it consists, if it is fused: their roles and rows.
    var fusedParts: [(role: TensorRole, rows: Range<Int>)] = []

    /// Number of elements.
    package var count: Int { shape.reduce(1, *) }
}

/// The part of a model that a weight belongs to.
enum ModelPart {
    case embedding
    case layer(Int)
    /// The final norm, and the head unless it is the embedding.
    case head
}
