import LanguageModels

extension TrainingRecipe {
    /// LoRA: training of two narrow matrices next to each adapted matrix, which is frozen like the rest of the model.
    public struct LoRA: Sendable, Equatable {
        /// The width of the narrow matrices; nil for training the model itself.
        public var rank: Int?
        /// The numerator of the factor of their product, alpha / rank; nil for the rank, which makes the factor 1.
        public var alpha: Double?
        /// The adapted layers; nil for all.
        public var layers: LayerSet?
        /// The adapted matrices of a layer.
        public var matrices = LowRankSettings.known
        /// Whether the factor is alpha / sqrt(rank), as in rsLoRA.
        public var isRankStabilized = false

        /// Creates settings without LoRA.
        public init() {}
    }
}

extension TrainingRecipe.LoRA {
    /// The adapter of a model with so many layers; nil without LoRA.
    func settings(layerCount: Int) -> LowRankSettings? {
        rank.map { rank in
            LowRankSettings(
                rank: rank, alpha: alpha ?? Double(rank), isRankStabilized: isRankStabilized, matrices: matrices,
                layers: layers.map { (0..<layerCount).filter($0.contains) })
        }
    }
}

extension TrainingRecipe {
    /// Checks the settings of LoRA against the others.
    ///
    /// - Throws: ``RecipeError``.
    func checkLoRA() throws(RecipeError) {
        guard lora.rank != nil else {
            if lora == LoRA() { return }
            throw RecipeError(key: "lora.rank", expected: "a rank, since other keys of lora are set", found: "nothing")
        }
        guard case .path = model.start else {
            throw RecipeError(
                key: "model.start",
                expected:
                    "the path or name of a model, since lora.rank is set: an adapter names its base (export writes "
                    + "the built-in model to a file)",
                found: "\(model.start)")
        }
        try forbid("model.layers", because: "lora.rank is set: an adapter has the layers of its base")
        if freeze != Freeze() {
            throw RecipeError(
                key: "freeze", expected: "no value, since lora.rank freezes the whole model", found: "parts of it")
        }
        if let layers = lora.layers, layers.last == nil {
            throw RecipeError(key: "lora.layers", expected: "at least one layer", found: "\(layers)")
        }
    }
}
