import ArgumentParser
import LayerSkip

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show what a model contains.")

    @Argument(help: "Model: a GGUF file or a model folder (default: the built-in model).", transform: expandedPath)
    var file: String?

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    func run() throws {
        let report = InspectionReport(try CheckpointSummary(.atPathOrDefault(file)))
        switch format {
        case .json: try Output.write(json: report)
        case .text: try Output.write(report.text)
        }
    }
}

/// A file's contents as JSON and as text.
private struct InspectionReport: Encodable {
    let file: String
    let bytes: Int
    let ggufVersion: Nullable<Int>
    let architecture: String
    let name: Nullable<String>
    let parameters: Int
    let layers: Int
    let width: Int
    let feedForwardWidth: Int
    let heads: Int
    let keyValueHeads: Int
    let headDimension: Int
    let vocabulary: Int
    let context: Int
    let tokenizer: String
    let tokenizerNotes: [String]
    let chatTemplate: String
    let exitLayer: Nullable<Int>
    let draftLength: Nullable<Int>
    let tensors: [Tensor]

    struct Tensor: Encodable {
        let name: String
        let format: String
        let shape: [Int]
        let bytes: Int
    }

    init(_ summary: CheckpointSummary) {
        let model = summary.shape
        file = summary.path
        bytes = summary.byteCount
        ggufVersion = Nullable(summary.version)
        architecture = summary.architecture
        name = Nullable(summary.name)
        parameters = summary.parameterCount
        layers = model.layerCount
        heads = model.attention.heads
        keyValueHeads = model.attention.keyValueHeads
        headDimension = model.attention.headDimension
        width = model.width
        feedForwardWidth = model.feedForwardWidth
        vocabulary = model.vocabularySize
        context = model.contextLength
        let names = [summary.tokenizerModel ?? (summary.notes.isEmpty ? "none" : "unknown"), summary.preTokenizer]
            .compactMap { $0?.harmless(limit: 80) }
        tokenizer = names.joined(separator: ", ")
        tokenizerNotes = summary.notes
        chatTemplate =
            summary.chatTemplate.map { (try? ChatTemplate(jinja: $0)) == nil ? "unknown" : "ChatML" } ?? "none"
        exitLayer = Nullable(summary.speculation?.exitLayer)
        draftLength = Nullable(summary.speculation?.draftLength)
        tensors = summary.tensors.map {
            Tensor(name: $0.name, format: $0.dtype.rawValue, shape: $0.shape, bytes: $0.byteCount)
        }
    }

    private var speculation: String {
        guard let exit = exitLayer.value, let length = draftLength.value else { return "not set" }
        return "exit layer \(exit), draft length \(length)"
    }

    var text: String {
        let formats = Dictionary(grouping: tensors, by: \.format).sorted { $0.key < $1.key }
        let counts = formats.map { "\($1.count) \($0) (\($1.reduce(0) { $0 + $1.bytes }.megabytes))" }
        let shapes = tensors.map { tensor in
            let shape = tensor.shape.map(String.init).joined(separator: " x ")
            return "  \(tensor.format.padded(to: 5))  \(shape)  \(tensor.name.quoted)"
        }
        let format = ggufVersion.value.map { "GGUF \($0)" } ?? "safetensors"
        return """
            file           \(file.harmless(limit: 4096)) (\(bytes.megabytes), \(format))
            architecture   \(architecture)\(name.value.map { ", \($0.quoted)" } ?? "")
            parameters     \((Double(parameters) / 1e6).formatted(decimals: 1)) million
            layers         \(layers), \(width) wide, \(feedForwardWidth) inside the MLP
            attention      \(heads.counted("head")), \(keyValueHeads) for keys and values, \(headDimension) wide
            vocabulary     \(vocabulary)
            context        \(context)
            tokenizer      \(([tokenizer] + tokenizerNotes).joined(separator: "; "))
            chat template  \(chatTemplate)\(chatTemplate == "unknown" ? " (not usable with chat)" : "")
            speculation    \(speculation)
            tensors        \(counts.joined(separator: ", "))
            \(shapes.joined(separator: "\n"))

            """
    }
}
