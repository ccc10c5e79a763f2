/// How a model's weights are loaded for decoding.
package struct WeightOptions: Sendable {
    /// Says what matrices in F32, F16 or BF16 are converted to; nil to keep all formats.
    package var quantization: QuantizationRecipe?
    /// The folder in which packed weights are kept and looked for; nil to keep none.
    package var packedFolder: String?

    /// Keeps all formats, and no packed weights.
    package init() {}
}
