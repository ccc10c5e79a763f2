import ArgumentParser
import LayerSkip

struct PullCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Download a model from a hub, or update it.",
        discussion: """
            Prints the path of the model. --model OWNER/NAME downloads a model too if the cache does not have it, but \
            never updates it.

            A repository with GGUF files has several models. NAME:Q4_K_M takes the one with this quantization in its \
            name, and NAME:FILE.gguf this file, with all its parts. Without either, the quantization is Q4_K_M, or the \
            next larger or smaller one. Of other repositories, the configuration, the tokenizer, the chat templates \
            and the safetensors files are downloaded. @REVISION takes a branch, tag or commit instead of main.

            Downloads share the cache of Python's huggingface_hub, and these environment variables: HF_HOME and \
            HF_HUB_CACHE (where it is), HF_TOKEN or the token that `hf auth login` stores (access to gated models), \
            HF_ENDPOINT (another hub), HF_HUB_OFFLINE=1 (no downloads). After an interruption, the same command \
            continues the download.
            """)

    @Argument(help: "Model: OWNER/NAME, OWNER/NAME:QUANTIZATION or OWNER/NAME:FILE, and perhaps @REVISION.")
    var model: String

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    func validate() throws { _ = try hubName(model) }

    func run() throws {
        let name = try hubName(model)
        let finder = ModelFinder()
        let display = DownloadDisplay(model)
        let path = try waiting {
            defer { display.finish() }
            return try await finder.pull(name, progress: display.show)
        }
        switch format {
        case .text: try Output.write(path.harmless(limit: .max) + "\n")
        case .json: try Output.write(json: PulledModel(model: "\(name)", path: path))
        }
    }
}

private struct PulledModel: Encodable {
    let model: String
    let path: String
}

/// The name of a model on a hub in an argument.
///
/// - Throws: a usage error for anything else.
func hubName(_ argument: String) throws -> HubModelName {
    do {
        return try HubModelName(argument)
    } catch {
        throw ValidationError("expected \(error.expected), found \(error.found)")
    }
}
