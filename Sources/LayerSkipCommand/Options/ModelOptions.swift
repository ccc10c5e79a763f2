import ArgumentParser
import LayerSkip

/// Options for the model and its threads.
struct ModelOptions: ParsableArguments {
    @Option(
        help: """
            Model (Llama, Mistral, Qwen, SmolLM3, Granite, Phi-3 or Gemma 3): a GGUF file (any part of a split one), \
            a model folder, or a name on a hub, as of `layerskip pull` (default: the built-in model, which has no chat \
            template).
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
    /// - Parameters:
    ///   - drafting: what it gets for drafts.
    ///   - progress: shows the percentage of the weights that is loaded.
    func load(
        drafting: DraftingOptions = .none, _ progress: Progress = .ofLoading(after: .seconds(1))
    ) throws -> TextModel {
        var loading = LoadingOptions()
        loading.quantization = formats.recipe
        loading.keepsPacked = keepPacked
        loading.drafting = drafting
        do {
            let model = try TextModel(.named(model), on: ComputeContext(threads: threads), loading) {
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

extension Progress {
    /// The progress of loading a model.
    static func ofLoading(
        after delay: Duration, isTerminal: Bool = Output.isErrorTerminal,
        show: @escaping (String) -> Void = Output.prompt
    ) -> Progress {
        Progress("percent of the weights loaded:", of: 100, after: delay, isTerminal: isTerminal, show: show)
    }
}
