import CheckpointFiles
import TensorCore

/// The loaded weights of a model, by role.
struct LoadedWeights {
    private var matrices: [Place: Matrix] = [:]
    private var vectors: [Place: Tensor] = [:]
    private var adapters: [Place: LowRankAdapter] = [:]
    private let normEpsilon: Float

    private struct Place: Hashable {
        let role: TensorRole
        let layer: Int?
    }

    /// Loads the tensors of a model, in the table's order.
    ///
    /// - Parameter progress: is told the fraction of the weights that is loaded, and returns whether to continue.
    /// - Throws: if a tensor is missing or does not have the shape that the configuration requires, or if `progress`
    ///   stops the loading.
    init(
        _ stored: StoredModel, as form: inout some WeightLoading, progress: (Double) -> Bool = { _ in true }
    ) throws(CheckpointError) {
        normEpsilon = stored.configuration.normEpsilon
        let total = stored.tensors.reduce(0) { $0 + $1.count }
        var loaded = 0
        for (index, tensor) in stored.tensors.enumerated() {
            // The next tensor is read while this one is packed.
            for next in stored.tensors[index...].prefix(2) where form.readsSource {
                try stored.source.tensor(named: next.name, shape: next.shape).prefetch()
            }
            guard progress(Double(loaded) / Double(total)) else {
                throw CheckpointError(
                    file: stored.source.file, name: "weights", expected: "to be loaded", found: "an interruption")
            }
            loaded += tensor.count
            // An exit block's index follows those of all layers.
            let layer = tensor.isInExitBlock ? stored.configuration.layerCount : tensor.part.layer
            let place = Place(role: tensor.role, layer: layer)
            if !tensor.fusedParts.isEmpty {
                for part in tensor.fusedParts {
                    matrices[Place(role: part.role, layer: layer)] = try form.matrix(
                        tensor, rows: part.rows, from: stored.source)
                }
            } else if tensor.shape.count == 1 {
                vectors[place] = try form.vector(tensor, from: stored.source)
            } else {
                matrices[place] = try form.matrix(tensor, from: stored.source)
                adapters[place] = form.adapter(of: tensor)
            }
        }
    }

    /// Bytes of all weights in memory.
    var byteCount: Int { byteCount { _ in true } }

    /// Bytes of a layer's weights in memory.
    func byteCount(layer: Int) -> Int { byteCount { $0.layer == layer } }

    private func byteCount(_ includes: (Place) -> Bool) -> Int {
        matrices.reduce(0) { $0 + (includes($1.key) ? $1.value.byteCount : 0) }
            + vectors.reduce(0) { $0 + (includes($1.key) ? $1.value.columns * MemoryLayout<Float>.stride : 0) }
    }

    /// A matrix that every model has.
    func matrix(_ role: TensorRole, layer: Int? = nil) -> Matrix {
        guard let matrix = matrixIfPresent(role, layer: layer) else { preconditionFailure("no \(role) in the table") }
        return matrix
    }

    /// A matrix that some models have.
    func matrixIfPresent(_ role: TensorRole, layer: Int? = nil) -> Matrix? {
        matrices[Place(role: role, layer: layer)]
    }

    /// A linear layer, with a bias if the model has one.
    func projection(_ role: TensorRole, bias: TensorRole, layer: Int) -> Projection {
        Projection(
            matrix(role, layer: layer), bias: vectors[Place(role: bias, layer: layer)],
            adapter: adapters[Place(role: role, layer: layer)])
    }

    /// A norm that every model has.
    func norm(_ role: TensorRole, layer: Int? = nil) -> RMSNorm {
        guard let norm = normIfPresent(role, layer: layer) else { preconditionFailure("no \(role) in the table") }
        return norm
    }

    /// A norm that some models have.
    func normIfPresent(_ role: TensorRole, layer: Int? = nil) -> RMSNorm? {
        vectors[Place(role: role, layer: layer)].map { RMSNorm(gain: $0, epsilon: normEpsilon) }
    }
}
