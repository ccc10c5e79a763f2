package import TensorCore

/// A rule for the format of each matrix in a quantized model, such as llama.cpp's `Q4_K_M`.
///
/// The recipes are those of llama.cpp (`llama-quant.cpp`), so that a file has the formats that its name promises
/// everywhere. Most matrices get the main format. The head, and matrices in which errors cost most, get more bits.
///
/// ```swift
/// var recipe = QuantizationRecipe.q4_K_M
/// recipe.overrides = [FormatOverride(.layers(0...3), .q8_0)]
/// ```
public struct QuantizationRecipe: Sendable, Hashable {
    /// The name, such as `q4_k_m`. Recipes of one format have the format's name.
    public let name: String
    /// Formats that replace the recipe's own in some layers, the head or the embedding. The last one that applies
    /// counts.
    public var overrides: [FormatOverride] = []
    /// The format of most matrices.
    package let main: DType
    /// The number in `general.file_type` of GGUF files (`enum llama_ftype` in llama.h).
    package let fileType: UInt32
    /// Matrices with another format; the first exception that applies counts.
    let exceptions: [RecipeException]

    init(_ name: String, _ main: DType, fileType: UInt32? = nil, _ exceptions: [RecipeException] = []) {
        self.name = name
        self.main = main
        self.fileType = fileType ?? main.ggufFileType
        self.exceptions = exceptions
    }

    /// Whether the recipe's main format is quantized.
    package var isQuantized: Bool { main.isQuantized }

    /// Returns the format of a matrix.
    ///
    /// - Parameters:
    ///   - tensor: a matrix of the model.
    ///   - isTied: whether the embedding is also the head.
    ///   - hasImportance: whether there is an importance matrix, for some of the model's tensors at least.
    package func dtype(
        for tensor: ModelTensor, of configuration: ModelConfiguration, isTied: Bool, hasImportance: Bool
    ) -> DType {
        formats(for: tensor, of: configuration, isTied: isTied, hasImportance: hasImportance).dtype
    }

    /// Returns the format of a matrix, and the one that it would have if its rows were whole blocks.
    package func formats(
        for tensor: ModelTensor, of configuration: ModelConfiguration, isTied: Bool, hasImportance: Bool
    ) -> (planned: DType, dtype: DType) {
        let planned =
            overrides.last { $0.includes(tensor, isTied: isTied) }?.dtype
            ?? ownFormat(for: tensor, of: configuration, isTied: isTied, hasImportance: hasImportance)
        return (planned, planned.fitting(columns: tensor.shape[tensor.shape.count - 1]))
    }

    private func ownFormat(
        for tensor: ModelTensor, of configuration: ModelConfiguration, isTied: Bool, hasImportance: Bool
    ) -> DType {
        if tensor.isHead(isTied: isTied) {
            // Each of its rows alone distinguishes a token from the others.
            return isQuantized && main != .q8_0 ? .q6_K : main
        }
        guard let layer = tensor.part.layer else { return main }
        let exception = exceptions.first {
            $0.includes(tensor.role, layer: layer, of: configuration, hasImportance: hasImportance)
        }
        let format = exception?.dtype ?? main
        // Eight heads of queries share a head of values, which is therefore small.
        let isSmall = tensor.role.isValue && configuration.isLargeWithSharedValues && [.q3_K, .q4_K].contains(format)
        return isSmall ? .q5_K : format
    }
}

extension ModelConfiguration {
    /// Whether this is a model that llama.cpp treats as a Llama 2 70B.
    fileprivate var isLargeWithSharedValues: Bool {
        guard layerCount == 80 else { return false }
        return architecture.ggufName == "qwen2"
            || architecture.ggufName == "llama" && attention.heads != attention.keyValueHeads
    }
}

extension ModelTensor {
    /// Whether this matrix computes the logits.
    func isHead(isTied: Bool) -> Bool { role == .head || isTied && role == .embedding }
}

extension DType {
    /// The format that replaces this one for rows that are not whole blocks, as in llama.cpp: one of blocks of 32
    /// elements that takes a little more space, or else F16.
    func fitting(columns: Int) -> DType {
        guard columns % elementsPerBlock != 0 else { return self }
        let smaller: DType =
            switch self {
            case .q2_K, .q3_K: .q4_0
            case .q4_K: .q5_0
            case .q5_K: .q5_1
            case .q6_K: .q8_0
            case .iq4_XS: .iq4_NL
            default: .f16
            }
        return columns % smaller.elementsPerBlock == 0 ? smaller : .f16
    }
}
