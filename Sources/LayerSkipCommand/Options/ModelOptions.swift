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

    @Option(
        help: ArgumentHelp(
            """
            Another format than the recipe's for some layers (0-3=q8_0, 5=q6_k), the head (head=q8_0) or the embedding. \
            May be repeated; the last one that applies counts.
            """, valueName: "part=format"),
        transform: formatOverride)
    var layers: [FormatOverride] = []

    @Flag(
        help: """
            Keep the weights as they are in memory in a file of the user's cache, so that the next start with this \
            option is fast. Prints where the file is and how large.
            """)
    var keepPacked = false

    func validate() throws {
        try checkThreads(threads)
        if !layers.isEmpty, quantize == nil {
            throw ValidationError("--layers: expected --quantize with it, found none")
        }
        if keepPacked, model == nil { throw ValidationError("--keep-packed: expected --model with it, found none") }
    }

    /// Loads the model, unless Ctrl-C stops it.
    func load() throws -> TextModel {
        var loading = LoadingOptions()
        loading.quantization = quantize?.value
        loading.quantization?.overrides = layers
        loading.keepsPacked = keepPacked
        do {
            let model = try TextModel(.atPathOrDefault(model), on: ComputeContext(threads: threads), loading) { _ in
                !Interruption.isRequested
            }
            Output.note(model.notes)
            return model
        } catch  where Interruption.isRequested {
            throw InterruptedError()
        }
    }
}
