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

    @Option(
        help: """
            LoRA adapter to merge into the model: a folder in PEFT's format. As a model, such a folder stands for its base \
            with the adapter.
            """,
        transform: expandedPath)
    var adapter: String?

    @Flag(help: "Leave out the exit block in the file next to the model, if there is one.")
    var withoutExitBlock = false

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
        try checkAdapter(adapter, of: model)
        if keepPacked, model == nil { throw ValidationError("--keep-packed: expected --model with it, found none") }
    }

    /// Opens the model.
    func checkpoint() throws -> Checkpoint {
        try .named(model, adapter: adapter, withoutExitBlock: withoutExitBlock)
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
            let model = try TextModel(checkpoint(), on: ComputeContext(threads: threads), loading) {
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

/// Throws if an adapter is given without its model.
func checkAdapter(_ adapter: String?, of model: String?, named name: String = "--model") throws {
    if adapter != nil, model == nil {
        throw ValidationError("--adapter: expected \(name) with it, the adapter's base, found none")
    }
}
