import ArgumentParser
import LayerSkip

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show what a model contains.",
        discussion: """
            Models that cannot be run are shown too, if their files can be parsed: other architectures, number formats \
            and layouts, split models with a part missing, single safetensors files. A line then says why the model \
            cannot be run.

            Weights can have these formats, in any mixture: \(DType.allCases.map(\.rawValue).joined(separator: ", ")). \
            Of these, folders can have F32, F16 and BF16.
            """)

    @Argument(
        help: """
            Model: a GGUF file, a model folder, a safetensors file, or a name on a hub (default: the built-in model).
            """,
        transform: expandedPath)
    var file: String?

    @Flag(help: "List every tensor on a line of its own (default: one line for the tensors that layers share).")
    var tensors = false

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    func run() throws {
        let report = InspectionReport(try CheckpointSummary.named(file))
        switch format {
        case .json: try Output.write(json: report)
        case .text: try Output.write(report.text(listingTensors: tensors))
        }
    }
}

/// A file's contents as JSON and as text.
private struct InspectionReport: Encodable {
    let file: String
    /// The files with the weights, such as the parts of a split GGUF file.
    let files: [String]
    let bytes: Int
    let ggufVersion: Nullable<Int>
    let cannotRun: Nullable<String>
    let architecture: Nullable<String>
    let name: Nullable<String>
    let parameters: Int
    let layers: Nullable<Int>
    let width: Nullable<Int>
    let feedForwardWidth: Nullable<Int>
    let heads: Nullable<Int>
    let keyValueHeads: Nullable<Int>
    let headDimension: Nullable<Int>
    let vocabulary: Nullable<Int>
    let context: Nullable<Int>
    let tokenizer: String
    let tokenizerNotes: [String]
    let textEnds: Nullable<TextEndsReport>
    let chatTemplates: [ChatTemplateReport]
    let sampling: Nullable<SamplingReport>
    /// The defaults of self-speculation, whether or not the model uses it by default.
    let exitLayer: Nullable<Int>
    /// The exit with a block of its own before the head.
    let exitBlock: Nullable<Int>
    /// The exits from which auto chooses drafts.
    let exitLayers: [Int]
    let draftLength: Nullable<Int>
    /// The strategy that decodes by default.
    let strategy: String
    /// Whether it drafts by early exit.
    let usesExitLayer: Bool
    /// Whether the defaults are from `tune --save`.
    let isTuned: Bool
    /// The published checkpoint that the defaults are from.
    let published: Nullable<String>
    /// What had to be assumed about the model, and what is known from a tuning.
    let notes: [String]
    let tensors: [Tensor]

    struct Tensor: Encodable {
        let name: String
        let format: String
        let shape: [Int]
        let bytes: Int
    }

    init(_ summary: CheckpointSummary) {
        let shape = summary.shape
        file = summary.path
        files = summary.files
        bytes = summary.byteCount
        ggufVersion = Nullable(summary.version)
        cannotRun = Nullable(summary.obstacle?.description)
        architecture = Nullable(summary.architecture)
        name = Nullable(summary.name)
        parameters = summary.parameterCount
        layers = Nullable(shape?.layerCount)
        heads = Nullable(shape?.attention.heads)
        keyValueHeads = Nullable(shape?.attention.keyValueHeads)
        headDimension = Nullable(shape?.attention.headDimension)
        width = Nullable(shape?.width)
        feedForwardWidth = Nullable(shape?.feedForwardWidth)
        vocabulary = Nullable(shape?.vocabularySize)
        context = Nullable(shape?.contextLength)
        let names = [summary.tokenizerModel ?? (summary.notes.isEmpty ? "none" : "unknown"), summary.preTokenizer]
            .compactMap { $0?.harmless(limit: 80) }
        tokenizer = names.joined(separator: ", ")
        tokenizerNotes = summary.notes
        chatTemplates = summary.chatTemplates.keys.sorted().map { name in
            ChatTemplateReport(name: name, source: summary.chatTemplates[name] ?? "")
        }
        textEnds = Nullable(summary.textEnds.map { TextEndsReport($0) })
        sampling = Nullable(
            summary.recommendedSampling.map { SamplingReport($0, notes: summary.samplingNotes) })
        let known = summary.speculation ?? summary.published?.setting
        exitLayer = Nullable(known?.exitLayer)
        exitBlock = Nullable(summary.exitBlock)
        exitLayers = summary.exitLayers
        draftLength = Nullable(known?.draftLength)
        strategy = DecodingStrategy.Name.auto.rawValue
        usesExitLayer = summary.speculation != nil
        isTuned = summary.isTuned
        published = Nullable(summary.published?.checkpoint)
        notes = summary.assumptions + [summary.tuningNote].compactMap(\.self)
        tensors = summary.tensors.map {
            Tensor(name: $0.name, format: $0.format, shape: $0.shape, bytes: $0.byteCount)
        }
    }

    private var speculation: String {
        guard let exit = exitLayer.value, let length = draftLength.value else {
            return isTuned ? "no exit layer, as stored by tune --save" : "not set"
        }
        var setting = SpeculationSetting(exitLayer: exit, draftLength: length).summary
        if exitLayers.count > 1 {
            setting += "; auto chooses among exit layers \(exitLayers.map(\.description).joined(separator: ", "))"
        }
        if isTuned { return "\(setting), as stored by tune --save" }
        guard let published = published.value else { return setting }
        return !usesExitLayer
            ? "not set; --strategy self-speculative uses \(setting), published for \(published), which has this shape"
            : "\(setting), as published for \(published)"
    }

    /// The report for people.
    func text(listingTensors isComplete: Bool) -> String {
        let container = ggufVersion.value.map { "GGUF \($0)" } ?? (tensors.isEmpty ? "no weights" : "safetensors")
        var lines = ["file           \(file.harmless(limit: 4096)) (\(bytes.megabytes), \(container))"]
        if files.count > 1 {
            lines.append("files          \(files.map { $0.harmless(limit: 4096) }.joined(separator: ", "))")
        }
        if let reason = cannotRun.value { lines.append("cannot be run: \(reason.harmless(limit: 8192))") }
        lines.append(
            "architecture   \(architecture.value?.inMessage ?? "unknown")\(name.value.map { ", \($0.quoted)" } ?? "")")
        if !tensors.isEmpty {
            lines.append("parameters     \((Double(parameters) / 1e6).formatted(decimals: 1)) million")
        }
        lines += sizes
        // A tokenizer that is the reason has been shown.
        let notes = tokenizerNotes.filter { note in cannotRun.value.map { note != "not usable: \($0)" } ?? true }
        lines.append("tokenizer      \(([tokenizer] + notes).joined(separator: "; "))")
        if let ends = textEnds.value {
            lines += ["texts begin    \(ends.beginning)", "texts end      \(ends.ends)"]
        }
        lines.append(
            "chat template  \(chatTemplates.isEmpty ? "none" : chatTemplates.map(\.text).joined(separator: ", "))")
        if let sampling = sampling.value { lines.append("sampling       \(sampling.text)") }
        lines.append("speculation    \(speculation)")
        if let exit = exitBlock.value { lines.append("exit block     at exit \(exit), in a file of its own") }
        lines += self.notes.map { "note           \($0)" }
        let formats = Dictionary(grouping: tensors, by: \.format).sorted { $0.key < $1.key }
        let counts = formats.map { "\($1.count) \($0) (\($1.reduce(0) { $0 + $1.bytes }.megabytes))" }
        lines.append("tensors        \(counts.isEmpty ? "none" : counts.joined(separator: ", "))")
        lines += TensorRows(tensors.map { ($0.name, $0.format, $0.shape) }, isComplete: isComplete).lines
        return lines.joined(separator: "\n") + "\n"
    }

    private var sizes: [String] {
        guard let layers = layers.value, let width = width.value, let inside = feedForwardWidth.value,
            let heads = heads.value, let keyValueHeads = keyValueHeads.value, let headDimension = headDimension.value,
            let vocabulary = vocabulary.value, let context = context.value
        else { return [] }
        return [
            "layers         \(layers), \(width) wide, \(inside) inside the MLP",
            "attention      \(heads.counted("head")), \(keyValueHeads) for keys and values, \(headDimension) wide",
            "vocabulary     \(vocabulary)",
            "context        \(context)",
        ]
    }
}
