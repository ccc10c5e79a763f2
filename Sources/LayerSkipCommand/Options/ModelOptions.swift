import ArgumentParser
import LayerSkip

/// Options for the model and its threads.
struct ModelOptions: ParsableArguments {
    @Option(
        help: """
            Model (Llama, Mistral, Qwen, SmolLM3, Granite, Phi-3 or Gemma 3): a GGUF file (any part of a split one) \
            or a model folder (default: the built-in model, which has no chat template).
            """,
        transform: expandedPath)
    var model: String?

    @Option(parsing: .unconditional, help: "Number of threads (default: one per physical core).")
    var threads: Int?

    func validate() throws { try checkThreads(threads) }

    func load() throws -> TextModel {
        let model = try TextModel(.atPathOrDefault(model), threads: threads)
        Output.note(model.notes)
        return model
    }
}
