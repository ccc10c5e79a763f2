package import LanguageModels

/// What a checkpoint of LoRA training states of its adapter.
package struct AdapterDescription: Sendable {
    /// The rank, scale and matrices.
    package let settings: LowRankSettings
    /// The path or hub name of the base model.
    package let base: String

    package init(_ settings: LowRankSettings, base: String) {
        self.settings = settings
        self.base = base
    }
}
