package import CheckpointFiles

extension StoredModel {
    /// Throws if a recipe has overrides for layers that the model does not have.
    package func check(_ recipe: QuantizationRecipe) throws(CheckpointError) {
        for override in recipe.overrides {
            guard case .layers(let layers) = override.part else { continue }
            guard layers.lowerBound >= 0, layers.upperBound < configuration.layerCount else {
                throw CheckpointError(
                    file: source.file, name: "layers with their own format",
                    expected: "layers in 0...\(configuration.layerCount - 1)",
                    found: "\(layers.lowerBound)...\(layers.upperBound)")
            }
        }
    }
}
