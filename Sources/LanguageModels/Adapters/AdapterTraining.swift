package import CheckpointFiles

/// Training of a LoRA adapter while the model below it is frozen.
package struct AdapterTraining: Sendable {
    package let settings: LowRankSettings
    /// The initial A and B, under PEFT's names.
    package let values: any TensorSource

    package init(_ settings: LowRankSettings, values: any TensorSource) {
        self.settings = settings
        self.values = values
    }
}
