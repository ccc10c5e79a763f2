import ArgumentParser
import LayerSkip

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List the downloaded models, or remove one.",
        discussion: "The models are in the cache that Python's huggingface_hub also uses; HF_HUB_CACHE says where.",
        subcommands: [ListModelsCommand.self, RemoveModelCommand.self], defaultSubcommand: ListModelsCommand.self)
}

struct ListModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the downloaded models: name, architecture, formats, size, whether they run.")

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    func run() throws {
        let cache = try ModelCache(.fromEnvironment())
        let reports = cache.entries.map { CachedModelReport($0) }
        switch format {
        case .json: try Output.write(json: reports)
        case .text:
            guard !reports.isEmpty else { return Output.note("no models in \(cache.path)") }
            for report in reports { try Output.write(report.text) }
        }
    }
}

struct RemoveModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a downloaded model.",
        discussion: """
            OWNER/NAME removes all that was downloaded of a repository, OWNER/NAME@REVISION one commit of it, and \
            OWNER/NAME:QUANTIZATION or OWNER/NAME:FILE one model. Files that other models share stay.
            """)

    @Argument(help: "Model, as `layerskip models` names it.")
    var model: String

    func validate() throws { _ = try hubName(model) }

    func run() throws {
        let freed = try ModelCache(.fromEnvironment()).remove(hubName(model))
        try Output.write("removed \(model): \(freed.megabytes)\n")
    }
}

/// A model of the cache as JSON and as text.
private struct CachedModelReport: Encodable {
    let name: String
    let path: String
    let bytes: Int
    let architecture: Nullable<String>
    /// The formats of its weights, those with the most bytes first.
    let formats: [String]
    let cannotRun: Nullable<String>

    init(_ entry: ModelCache.Entry) {
        name = "\(entry.name)"
        path = entry.path
        bytes = entry.byteCount
        do {
            let summary = try CheckpointSummary(path: entry.path)
            architecture = Nullable(summary.architecture)
            var sizes: [String: Int] = [:]
            for tensor in summary.tensors { sizes[tensor.format, default: 0] += tensor.byteCount }
            formats = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
            cannotRun = Nullable(summary.obstacle.map { "\($0)" })
        } catch {
            architecture = Nullable(nil)
            formats = []
            cannotRun = Nullable("\(error)")
        }
    }

    var text: String {
        let kind = (architecture.value ?? "unknown").harmless(limit: 40)
        let shown = formats.prefix(3).joined(separator: " ").harmless(limit: 60)
        let state = cannotRun.value.map { "cannot run: \($0)".harmless(limit: 300) } ?? "runs"
        return "\(name)\n    \(kind), \(shown), \(bytes.megabytes), \(state)\n"
    }
}
