package import CheckpointFiles
package import LanguageModels

/// What a run starts from: a model's shapes and first weights, and what its folder says beside them, which training
/// only passes on.
package struct TrainingStart: Sendable {
    /// Shapes and constants.
    package let configuration: Llama.Configuration
    /// The first weights, in any format.
    package let weights: any TensorSource
    /// What tells the tokenizer from others.
    package let tokenizerFingerprint: UInt64
    /// Writes `config.json`, `tokenizer.json` and what else a model folder has beside its weights.
    package let describe: @Sendable (_ folder: inout ReplacementFolder) throws -> Void

    package init(
        configuration: Llama.Configuration, weights: any TensorSource, tokenizerFingerprint: UInt64,
        describe: @escaping @Sendable (_ folder: inout ReplacementFolder) throws -> Void
    ) {
        self.configuration = configuration
        self.weights = weights
        self.tokenizerFingerprint = tokenizerFingerprint
        self.describe = describe
    }
}
