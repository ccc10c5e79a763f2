import ArgumentParser
import LayerSkip

/// Which model, and how many threads compute.
struct ModelOptions: ParsableArguments {
    @Option(
        help: "The model: a GGUF file of a Llama or Qwen, or a model folder (default: the one in the program).",
        transform: expandedPath)
    var model: String?

    @Option(parsing: .unconditional, help: "How many threads compute (default: one per physical core).")
    var threads: Int?

    func validate() throws { try checkThreads(threads) }

    func load() throws -> TextModel {
        let model = try TextModel(.atPathOrDefault(model), threads: threads)
        Output.note(about: model.tokenizer)
        return model
    }
}
