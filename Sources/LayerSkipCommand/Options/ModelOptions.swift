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

    @Option(
        help: ArgumentHelp(
            """
            Quantize matrices in F32, F16 or BF16 while loading, as export does with this recipe; quantized ones stay \
            as they are.
            """, valueName: "recipe"))
    var quantize: RecipeArgument?

    @Flag(
        help: """
            Keep the weights as they are in memory in a file of the user's cache, so that the next start with this \
            option is fast. Prints where the file is and how large.
            """)
    var keepPacked = false

    func validate() throws {
        try checkThreads(threads)
        if keepPacked, model == nil { throw ValidationError("--keep-packed: expected --model with it, found none") }
    }

    func load() throws -> TextModel {
        var loading = LoadingOptions()
        loading.quantization = quantize?.value
        loading.keepsPacked = keepPacked
        let model = try TextModel(.atPathOrDefault(model), threads: threads, loading: loading)
        Output.note(model.notes)
        return model
    }
}
