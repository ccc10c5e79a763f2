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

    @OptionGroup var formats: RecipeArguments<RecipeForLoading>

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

    /// Loads the model, unless Ctrl-C stops it.
    ///
    /// - Parameter drafting: what it gets for drafts.
    func load(drafting: DraftingOptions = .none) throws -> TextModel {
        var loading = LoadingOptions()
        loading.quantization = formats.recipe
        loading.keepsPacked = keepPacked
        loading.drafting = drafting
        do {
            let progress = Progress("percent of the weights loaded:", of: 100, after: .seconds(1))
            let model = try TextModel(.atPathOrDefault(model), on: ComputeContext(threads: threads), loading) {
                progress(Int($0 * 100))
            }
            _ = progress(100)
            Output.note(model.notes)
            return model
        } catch  where Interruption.isRequested {
            throw InterruptedError()
        }
    }
}
