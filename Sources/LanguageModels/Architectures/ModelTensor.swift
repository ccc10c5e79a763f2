import TensorCore

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

extension ModelConfiguration {
    /// All tensors, in the order in which they are used.
    ///
    /// - Parameter isTied: whether the embedding is also the head.
    package func tensors(isTied: Bool) -> [ModelTensor] {
        func present(_ rows: [TensorTable.Row]) -> [TensorTable.Row] {
            rows.filter { has($0.presence, isTied: isTied) }
        }
        let layer = present(TensorTable.layer)
        return present(TensorTable.first).map { tensor($0, in: .embedding) }
            + (0..<layerCount).flatMap { index in layer.map { tensor($0, in: .layer(index)) } }
            + present(TensorTable.last).map { tensor($0, in: .head) }
    }

    private func has(_ presence: TensorTable.Presence, isTied: Bool) -> Bool {
        switch presence {
        case .always: true
        case .withAttentionBias: architecture.hasAttentionBias
        case .withHeadNorms: architecture.hasHeadNorms
        case .unlessTied: !isTied
        }
    }

    private func tensor(_ row: TensorTable.Row, in part: ModelPart) -> ModelTensor {
        var (name, ggufName) = (row.name, row.ggufName)
        if case .layer(let index) = part {
            name = "\(TensorTable.layerPrefix)\(index).\(name)"
            ggufName = "\(TensorTable.ggufLayerPrefix)\(index).\(ggufName)"
        }
        return ModelTensor(
            role: row.role, name: name, ggufName: ggufName, shape: row.shape.map(size), kind: row.kind, part: part)
    }

    private func size(_ size: TensorTable.Size) -> Int {
        switch size {
        case .vocabulary: vocabularySize
        case .width: width
        case .feedForward: feedForwardWidth
        case .queries: attention.heads * attention.headDimension
        case .keys: attention.keyValueHeads * attention.headDimension
        case .head: attention.headDimension
        }
    }
}
