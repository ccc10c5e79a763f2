import CheckpointFiles
import TensorCore

/// The parts of a model that training does not change. Gradients pass through frozen parts, but are not accumulated for
/// them.
package struct FrozenParts: Sendable, Equatable {
    /// Indices of frozen layers, 0..<layerCount.
    package var layers: Set<Int>
    /// Whether the embedding is frozen, and with it a tied head.
    package var embedding: Bool
    /// Whether the final norm and a separate head are frozen.
    package var head: Bool

    /// Freezes the given parts; by default none.
    package init(layers: Set<Int> = [], embedding: Bool = false, head: Bool = false) {
        self.layers = layers
        self.embedding = embedding
        self.head = head
    }

    func contains(_ part: ModelPart) -> Bool {
        switch part {
        case .embedding: embedding
        case .layer(let index): layers.contains(index)
        case .head: head
        case .exitBlock: false
        }
    }
}

extension StoredModel {
    /// The number of weights in tensors that learn.
    package func weightCount(outside frozen: FrozenParts) -> Int {
        tensors.reduce(0) { $0 + (frozen.contains($1.part) ? 0 : $1.count) }
    }
}

/// Loading for training, with query and key rows in Hugging Face's order: everything in f32, except that matrices of a
/// model that is frozen as a whole, a teacher or the base of a LoRA adapter, keep their 16-bit formats.
struct TrainableLoading: WeightLoading {
    /// nil for the whole model.
    private let frozen: FrozenParts?
    private let headDimension: Int
    private let compute: ComputeContext
    private let adapterTraining: AdapterTraining?
    private var adapters: [String: LowRankAdapter] = [:]
    /// The loaded parameters.
    private(set) var parameters: [Parameter] = []
    /// All loaded tensors, parameters and frozen ones; of a model with an adapter, those of the adapter.
    private(set) var tensors: [NamedTensor] = []

    init(frozen: FrozenParts?, adapting training: AdapterTraining?, headDimension: Int, on compute: ComputeContext) {
        adapterTraining = training
        self.frozen = training == nil ? frozen : nil
        self.headDimension = headDimension
        self.compute = compute
    }

    mutating func matrix(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Matrix {
        let stored = try source.tensor(named: tensor.name, shape: tensor.shape)
        if let adapterTraining, adapterTraining.settings.adapts(tensor) { try addAdapter(adapterTraining, of: tensor) }
        if frozen == nil, HalfMatrix.formats.contains(stored.dtype) {
            return .half(tensor.kind.isRotated ? stored.halves(order: order(source)) : stored.halves())
        }
        return .unpacked(weight(tensor, tensor.kind.isRotated ? stored.floats(order: order(source)) : stored.floats()))
    }

    mutating func matrix(
        _ tensor: ModelTensor, rows: Range<Int>, from source: any TensorSource
    ) throws(CheckpointError) -> Matrix {
        preconditionFailure("models with fused tensors are not trained")
    }

    mutating func vector(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Tensor {
        let stored = try source.tensor(named: tensor.name, shape: tensor.shape).vector()
        guard tensor.kind.isRotated else { return weight(tensor, stored) }
        let (values, order) = (stored.values, order(source))
        return weight(
            tensor, Tensor(values.indices.map { values[order($0)] }, rows: 1, columns: values.count))
    }

    /// Maps each row to its row in the source.
    private func order(_ source: any TensorSource) -> (Int) -> Int {
        { [pairing = source.ropePairing, headDimension] in pairing.row(ofHalfSplit: $0, headDimension: headDimension) }
    }

    func adapter(of tensor: ModelTensor) -> LowRankAdapter? { adapters[tensor.name] }

    private mutating func addAdapter(_ training: AdapterTraining, of tensor: ModelTensor) throws(CheckpointError) {
        let rank = training.settings.rank
        var matrices: [Tensor] = []
        for (name, shape) in [
            (tensor.downName, [rank, tensor.shape[1]]), (tensor.upName, [tensor.shape[0], rank]),
        ] {
            let values = try training.values.tensor(named: name, shape: shape).floats()
            let parameter = Parameter(name: name, values, isMatrix: true, on: compute)
            parameters.append(parameter)
            tensors.append(NamedTensor(name: name, values: values, isVector: false))
            matrices.append(parameter.values)
        }
        adapters[tensor.name] = LowRankAdapter(down: matrices[0], up: matrices[1], scale: training.settings.scale)
    }

    private mutating func weight(_ tensor: ModelTensor, _ values: Tensor) -> Tensor {
        guard let frozen else { return values }
        tensors.append(NamedTensor(name: tensor.name, values: values))
        guard !frozen.contains(tensor.part) else { return values }
        let parameter = Parameter(name: tensor.name, values, on: compute)
        parameters.append(parameter)
        return parameter.values
    }
}
