/// Which matrices of a model a LoRA adapter changes, and how: W + scale * B A, where A has `rank` rows and B `rank`
/// columns. Hu et al., arXiv 2106.09685.
package struct LowRankSettings: Sendable, Equatable {
    /// The number of rows of A.
    package var rank: Int
    /// The numerator of the scale.
    package var alpha: Double
    /// Whether the scale is alpha / sqrt(rank) instead of alpha / rank. Kalajdzievski, arXiv 2312.03732.
    package var isRankStabilized: Bool
    /// The last parts of the matrices' names, such as `q_proj`.
    package var matrices: [String]
    /// The adapted layers, ascending; nil for all.
    package var layers: [Int]?

    package init(
        rank: Int, alpha: Double, isRankStabilized: Bool = false, matrices: [String] = Self.known,
        layers: [Int]? = nil
    ) {
        self.rank = rank
        self.alpha = alpha
        self.isRankStabilized = isRankStabilized
        self.matrices = matrices
        self.layers = layers
    }

    /// The factor of B A.
    package var scale: Float {
        Float(isRankStabilized ? alpha / Double(rank).squareRoot() : alpha / Double(rank))
    }

    /// The matrices that training adapts by default: all of a layer.
    package static let known = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

    /// Whether training adapts a tensor.
    func adapts(_ tensor: ModelTensor) -> Bool {
        guard case .layer(let layer) = tensor.part, tensor.shape.count == 2 else { return false }
        return matrices.contains(tensor.matrixName) && layers?.contains(layer) ?? true
    }
}

extension ModelTensor {
    /// The name of a matrix in its module: the last part, such as `q_proj`.
    var matrixName: String { module.split(separator: ".").last.map(String.init) ?? module }

    /// The name of the layer that holds the tensor, such as `model.layers.0.self_attn.q_proj`.
    var module: String { name.hasSuffix(Self.ending) ? String(name.dropLast(Self.ending.count)) : name }

    private static let ending = ".weight"

    /// PEFT's name of A, [rank, columns].
    var downName: String { "base_model.model.\(module).lora_A.weight" }
    /// PEFT's name of B, [rows, rank].
    var upName: String { "base_model.model.\(module).lora_B.weight" }
}
