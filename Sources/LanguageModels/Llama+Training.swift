package import CheckpointFiles
package import TensorCore

extension Llama {
    /// Loads a model to be trained: all weights in f32, parameters but for what is frozen, whatever format the source
    /// stores them in. Query and key rows are in Hugging Face's order.
    ///
    /// - Throws: if a tensor is missing or has another shape than the configuration asks for.
    package init(
        trainable weights: Weights, _ configuration: Configuration, freezing frozen: FrozenParts = FrozenParts(),
        on compute: ComputeContext
    ) throws(CheckpointError) {
        var loading = TrainableLoading(frozen: frozen, compute: compute)
        try self.init(weights, configuration, pairing: .halfSplit, &loading)
    }
}

/// What training leaves as it is. Gradients pass through frozen parts, but none is gathered for them.
public struct FrozenParts: Sendable, Equatable {
    /// Numbers of layers, 0..<layerCount.
    public var layers: Set<Int>
    /// Whether the embedding is frozen, and with it a head that is tied to it.
    public var embedding: Bool
    /// Whether the final norm, and a head of its own, are frozen.
    public var head: Bool

    /// By default everything is trained.
    public init(layers: Set<Int> = [], embedding: Bool = false, head: Bool = false) {
        self.layers = layers
        self.embedding = embedding
        self.head = head
    }

    func contains(_ part: ModelPart) -> Bool {
        switch part {
        case .embedding: embedding
        case .layer(let index): layers.contains(index)
        case .head: head
        }
    }
}

/// For training: everything in f32.
private struct TrainableLoading: WeightLoading {
    let frozen: FrozenParts
    let compute: ComputeContext
    private(set) var parameters: [Parameter] = []
    private(set) var tensors: [NamedTensor] = []

    init(frozen: FrozenParts, compute: ComputeContext) {
        self.frozen = frozen
        self.compute = compute
    }

    mutating func matrix(
        _ weights: Weights, _ name: String, _ rows: Int, _ columns: Int, of part: ModelPart
    ) throws(CheckpointError) -> Matrix {
        .dense(values(try weights(name, rows, columns).dense(), weights.path(of: name), of: part))
    }

    mutating func heads(
        _ weights: Weights, _ name: String, _ rows: Int, _ columns: Int, _ shape: AttentionShape, of part: ModelPart
    ) throws(CheckpointError) -> Matrix {
        let pairing = weights.source.ropePairing
        let tensor = try weights(name, rows, columns).dense { row in
            pairing.row(ofHalfSplit: row, headDimension: shape.headDimension)
        }
        return .dense(values(tensor, weights.path(of: name), of: part))
    }

    mutating func vector(
        _ weights: Weights, _ name: String, _ count: Int, of part: ModelPart
    ) throws(CheckpointError) -> Tensor {
        values(try weights(name, count).vector(), weights.path(of: name), of: part)
    }

    private mutating func values(_ tensor: Tensor, _ name: String, of part: ModelPart) -> Tensor {
        tensors.append(NamedTensor(name: name, values: tensor))
        guard !frozen.contains(part) else { return tensor }
        let parameter = Parameter(name: name, tensor, on: compute)
        parameters.append(parameter)
        return parameter.values
    }
}
