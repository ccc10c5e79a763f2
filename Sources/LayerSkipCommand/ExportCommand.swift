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
        help: """
            Model to export: a GGUF file, a model folder, a training checkpoint, or a name on a hub (default: the \
            built-in model).
            """,
        transform: expandedPath)
    var source: String?

    @Option(
        help: "LoRA adapter to merge into the model: a folder in PEFT's format.", transform: expandedPath)
    var adapter: String?

    @Flag(help: "Leave out the model's exit block, which is otherwise written to a file next to the output.")
    var withoutExitBlock = false

    @Option(name: .customLong("to"), help: "Format of the output: gguf (one file) or safetensors (a folder).")
    var target: Target

    @OptionGroup var quantization: QuantizationArguments

    @Option(
        parsing: .unconditional,
        help: """
            Number of layers that draft, to store in the file as the model's default (gguf only). If there are several, \
            comma-separated, auto chooses among them, and self-speculative uses the first one.
            """)
    var exitLayer: CommaSeparated<Int>?

    @Option(
        parsing: .unconditional,
        help: "Number of tokens drafted per round, to store in the file as the model's default (gguf only).")
    var draftLength: Int?

    @Option(help: "Name of the model to store in the file (gguf only; default: the source's name).")
    var name: String?

    @Option(
        parsing: .unconditional,
        help: """
            Largest size of a file, such as 2G or 500M: the output is PREFIX-00001-of-0000N.gguf and so on, for an \
            output PREFIX or PREFIX.gguf (gguf only).
            """,
        transform: ByteSize.parse)
    var splitSize: Int?

    @Option(parsing: .unconditional, help: "Number of threads (default: one per physical core).")
    var threads: Int?

    @Option(help: "Path to write to: a file, which is replaced if it exists, or a new folder.", transform: expandedPath)
    var output: String

    func validate() throws {
        try checkThreads(threads)
        try checkAdapter(adapter, of: source, named: "a model")
        try quantization.check(for: target, output: output, inParts: splitSize != nil)
        guard (exitLayer == nil) == (draftLength == nil) else {
            let (given, other) =
                exitLayer == nil ? ("--draft-length", "--exit-layer") : ("--exit-layer", "--draft-length")
            throw ValidationError("\(given): expected \(other) with it, found none")
        }
        for (option, isGiven) in [("--exit-layer", exitLayer != nil), ("--name", name != nil)]
        where isGiven && target == .safetensors {
            throw ValidationError("\(option): expected --to gguf with it, since a folder cannot store it")
        }
        if splitSize != nil, target == .safetensors {
            throw ValidationError("--split-size: expected --to gguf with it, found --to safetensors")
        }
        if let speculation {
            var options = GenerationOptions()
            options.strategy = .selfSpeculative(speculation)
            try checkUsage(options.validate)
        }
    }

    private var speculation: SpeculationSetting? {
        guard let exitLayer = exitLayer?.values.first, let draftLength else { return nil }
        return SpeculationSetting(exitLayer: exitLayer, draftLength: draftLength)
    }

    func run() throws {
        let checkpoint = try Checkpoint.named(source, adapter: adapter, withoutExitBlock: withoutExitBlock)
        func plan(_ importance: ImportanceMatrix?) throws -> CheckpointExport {
            try CheckpointExport(
                checkpoint, to: target.value, quantizing: quantization.formats.recipe, importance: importance,
                speculation: speculation, exitLayers: exitLayer?.values, name: name)
        }
        // Errors in the options, and places that cannot be written to, appear before the importance is measured, which
        // takes long.
        var export = try plan(nil)
        if quantization.calibrate != nil { try export.checkPlace(output, inParts: splitSize != nil) }
        if let importance = try quantization.importance(
            of: checkpoint, source: source, adapter: adapter, threads: threads, output: output)
        {
            export = try plan(importance)
        }
        export.threads = threads
        Output.note(export.notes)
        let progress = Progress("bytes written:", of: export.byteCount)
        guard let written = try write(export, progress.callAsFunction) else { throw InterruptedError() }
        let report = QuantizationReport(export.quantizedTensors)
        for line in (quantization.tensors ? report.rows : []) + report.summary { Output.note(line) }
        Output.note("\(written): \(export.byteCount.megabytes) of weights")
    }

    /// Writes the file, its parts or the folder, and returns what was written; nil after an interruption.
    private func write(_ export: CheckpointExport, _ progress: (Int) -> Bool) throws -> String? {
        guard let splitSize else { return try export.write(to: output, progress: progress) ? output : nil }
        let parts = try export.write(to: output, inPartsOf: splitSize, progress: progress)
        return parts.map { "\($0[0]) (\($0.count.counted("part")))" }
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
