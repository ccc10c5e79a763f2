import ArgumentParser
import LayerSkip

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export a model as a GGUF file or as a folder for Hugging Face transformers.",
        discussion: """
            Without --quantize, matrices keep their format, except that a folder stores quantized ones as F32. A \
            recipe, such as q4_k_m, gives each matrix the format that llama.cpp's recipe of that name gives it: the \
            head and matrices in which errors cost most get more bits than the others. Matrices whose number of \
            columns is not a multiple of a format's block (32 or 256 weights) get a similar format or F16. A note says \
            so.

            Norms and biases are F32 in a GGUF file. In a folder, they get the format of the matrices if that loses \
            nothing, and are F32 otherwise; from one folder to another without --quantize, they keep their format.

            The error of a quantized tensor is the root of its mean squared error, relative to its elements.
            """)

    @Argument(
        help: "Model to export: a GGUF file, a model folder or a training checkpoint (default: the built-in model).",
        transform: expandedPath)
    var source: String?

    @Option(name: .customLong("to"), help: "Format of the output: gguf (one file) or safetensors (a folder).")
    var target: Target

    @Option(
        help: ArgumentHelp(
            "Recipe for the formats of the matrices; f32, f16 and bf16 are for folders too, the others for gguf only.",
            valueName: "recipe"))
    var quantize: RecipeArgument?

    @Option(
        help: ArgumentHelp(
            """
            Another format than the recipe's for some layers (0-3=q8_0, 5=q6_k), the head (head=q8_0) or the embedding. \
            May be repeated; the last one that applies counts.
            """, valueName: "part=format"),
        transform: formatOverride)
    var layers: [FormatOverride] = []

    @Option(
        help: """
            Importance matrix that says which columns matter most, from llama-imatrix or --save-imatrix: quantization \
            makes errors smaller there.
            """,
        transform: expandedPath)
    var imatrix: String?

    @Option(
        parsing: .unconditional,
        help: "Number of layers that draft, to store in the file as the model's default (gguf only).")
    var exitLayer: Int?

    @Option(
        parsing: .unconditional,
        help: "Number of tokens drafted per round, to store in the file as the model's default (gguf only).")
    var draftLength: Int?

    @Option(help: "Name of the model to store in the file (gguf only; default: the source's name).")
    var name: String?

    @Flag(help: "List the error of every quantized tensor (default: the mean and the largest errors).")
    var tensors = false

    @Option(parsing: .unconditional, help: "Number of threads (default: one per physical core).")
    var threads: Int?

    @Option(help: "Path to write to: a file, which is replaced if it exists, or a new folder.", transform: expandedPath)
    var output: String

    func validate() throws {
        try checkThreads(threads)
        try checkFormats()
        guard (exitLayer == nil) == (draftLength == nil) else {
            let (given, other) =
                exitLayer == nil ? ("--draft-length", "--exit-layer") : ("--exit-layer", "--draft-length")
            throw ValidationError("\(given): expected \(other) with it, found none")
        }
        for (option, isGiven) in [("--exit-layer", exitLayer != nil), ("--name", name != nil)]
        where isGiven && target == .safetensors {
            throw ValidationError("\(option): expected --to gguf with it, since a folder cannot store it")
        }
        if let speculation {
            var options = GenerationOptions()
            options.strategy = .selfSpeculative(speculation)
            try checkUsage(options.validate)
        }
    }

    private func checkFormats() throws {
        let recipes = target.value.recipes
        if let quantize, !recipes.contains(quantize.value) {
            let expected = recipes.map(\.name).joined(separator: ", ")
            throw ValidationError("--quantize: expected one of \(expected) for \(target), found \(quantize.value.name)")
        }
        for (option, isGiven) in [("--layers", !layers.isEmpty), ("--imatrix", imatrix != nil)]
        where isGiven && quantize == nil {
            throw ValidationError("\(option): expected --quantize with it, found none")
        }
        if target == .safetensors, let override = layers.first(where: \.dtype.isQuantized) {
            let expected = recipes.map(\.name).joined(separator: ", ")
            throw ValidationError(
                "--layers: expected one of the formats \(expected) for \(target), found \(override.dtype.rawValue)")
        }
    }

    private var speculation: SpeculationSetting? {
        guard let exitLayer, let draftLength else { return nil }
        return SpeculationSetting(exitLayer: exitLayer, draftLength: draftLength)
    }

    func run() throws {
        var recipe = quantize?.value
        recipe?.overrides = layers
        var export = try CheckpointExport(
            .atPathOrDefault(source), to: target.value, quantizing: recipe,
            importance: imatrix.map { try ImportanceMatrix(path: $0) }, speculation: speculation, name: name)
        export.threads = threads
        Output.note(export.notes)
        let progress = Progress("bytes written:", of: export.byteCount)
        guard try export.write(to: output, progress: progress.callAsFunction) else { throw InterruptedError() }
        let report = QuantizationReport(export.quantizedTensors)
        for line in (tensors ? report.rows : []) + report.summary { Output.note(line) }
        Output.note("\(output): \(export.byteCount.megabytes) of weights")
    }
}

/// ``CheckpointExport/Target`` on the command line.
enum Target: String, ExpressibleByArgument, CaseIterable {
    case gguf, safetensors

    var value: CheckpointExport.Target {
        switch self {
        case .gguf: .gguf
        case .safetensors: .safetensors
        }
    }
}
