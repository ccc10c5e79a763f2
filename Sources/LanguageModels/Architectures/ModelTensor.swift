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

    /// Whether it belongs to the model's exit block.
    package var isInExitBlock: Bool {
        if case .exitBlock = part { true } else { false }
    }

    /// Number of elements.
    package var count: Int { shape.reduce(1, *) }
}

/// The part of a model that a weight belongs to.
enum ModelPart {
    case embedding
    case layer(Int)
    /// The final norm, and the head unless it is the embedding.
    case head
    /// The block before the head at an exit, which has the shape of the layer with this index.
    case exitBlock(Int)

    /// The index of the layer whose shape and formats the part has; nil if it is no block.
    var layer: Int? {
        switch self {
        case .layer(let index), .exitBlock(let index): index
        case .embedding, .head: nil
        }
    }
}
