/// How a model's weights are loaded for decoding.
package struct WeightOptions: Sendable {
    /// Says what matrices in F32, F16 or BF16 are converted to; nil to keep all formats.
    package var quantization: QuantizationRecipe?
    /// The folder in which packed weights are kept and looked for; nil to keep none.
    package var packedFolder: String?
    /// The reason why packed weights cannot be kept although that was asked for.
    package var packedFolderFailure: String?

    /// Keeps all formats, and no packed weights.
    package init() {}
}
