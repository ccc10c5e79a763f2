import CheckpointFiles
import TensorCore

/// The formats in which a model's matrices are loaded: those of its files, or those of a recipe.
struct MatrixFormats {
    /// nil keeps all formats.
    private let recipe: QuantizationRecipe?
    private let configuration: ModelConfiguration
    private let isTied: Bool

    /// - Parameter recipe: says what matrices in F32, F16 or BF16 are converted to; nil to keep them.
    init(_ model: StoredModel, quantizing recipe: QuantizationRecipe?) {
        self.recipe = recipe
        configuration = model.configuration
        isTied = model.tiesHead
    }

    /// The format in which a tensor is loaded. Quantized matrices keep theirs: quantizing them again would lose more.
    func dtype(of tensor: ModelTensor, stored: StoredTensor) -> DType { formats(of: tensor, stored: stored).dtype }

    /// The format in which a tensor is loaded, and the one that it would have if its rows were whole blocks.
    func formats(of tensor: ModelTensor, stored: StoredTensor) -> (planned: DType, dtype: DType) {
        guard let recipe, tensor.shape.count > 1, !stored.dtype.isQuantized else { return (stored.dtype, stored.dtype) }
        return recipe.formats(for: tensor, of: configuration, isTied: isTied, hasImportance: false)
    }
}
