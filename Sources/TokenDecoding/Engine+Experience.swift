package import TensorCore

extension Engine {
    /// Creates an engine without texts, which knows the costs of earlier passes.
    package init(
        _ model: Model, parts: DraftParts<Model> = DraftParts(), cacheFormat: CacheFormat,
        learningFrom experience: DraftingExperience
    ) {
        self.init(model, parts: parts, cacheFormat: cacheFormat, costs: experience.costs)
    }

    /// Adds the costs of this engine's passes.
    package func teach(_ experience: inout DraftingExperience) { experience.costs = costs }
}
