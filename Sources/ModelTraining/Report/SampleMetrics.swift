/// Texts that a model wrote during training.
public struct SampleMetrics: Sendable, Equatable, Codable {
    /// The number of steps completed by then.
    public let step: Int
    /// The texts, in the order of the recipe's prompts.
    public let samples: [TextSample]
}

/// A prompt and the model's continuation.
public struct TextSample: Sendable, Equatable, Codable {
    public let prompt: String
    public let text: String

    package init(prompt: String, text: String) {
        self.prompt = prompt
        self.text = text
    }
}
