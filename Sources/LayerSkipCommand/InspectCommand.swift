import ArgumentParser
import LayerSkip

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Tell what a model file holds.")

    @Argument(help: "A GGUF file.")
    var file: String

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    func run() throws {
        let model = try TextModel(path: file, threads: 1)
        let report = InspectionReport(model)
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
    let ggufVersion: Int
    let architecture: String
    let name: Nullable<String>
    let parameters: Int
    let layers: Int
    let heads: Int
    let keyValueHeads: Int
    let headSize: Int
    let vocabulary: Int
    let context: Int
    let tokenizer: String
    let chatTemplate: String
    let tensors: [Tensor]

    struct Tensor: Encodable {
        let name: String
        let format: String
        let shape: [Int]
        let bytes: Int
    }

    init(_ model: TextModel) {
        let summary = model.summary
        file = summary.path
        bytes = summary.byteCount
        ggufVersion = summary.version
        architecture = summary.architecture
        name = Nullable(summary.name)
        parameters = summary.parameterCount
        layers = model.model.layerCount
        heads = model.model.attention.heads
        keyValueHeads = model.model.attention.keyValueHeads
        headSize = model.model.attention.headSize
        vocabulary = model.model.vocabularySize
        context = model.model.contextLength
        tokenizer = summary.tokenizer
        chatTemplate =
            model.chatTemplateSource == nil ? "none" : (try? model.chatTemplate()) == nil ? "not ChatML" : "ChatML"
        tensors = summary.tensors.map {
            Tensor(name: $0.name, format: $0.dtype.rawValue, shape: $0.shape, bytes: $0.byteCount)
        }
    }

    var text: String {
        let formats = Dictionary(grouping: tensors, by: \.format).sorted { $0.key < $1.key }
        let counts = formats.map { "\($1.count) \($0) (\($1.reduce(0) { $0 + $1.bytes }.megabytes))" }
        let shapes = tensors.map { tensor in
            "  \(tensor.format.padded(to: 5))  \(tensor.shape.map(String.init).joined(separator: " x "))  \(tensor.name)"
        }
        return """
            file           \(file) (\(bytes.megabytes), GGUF \(ggufVersion))
            architecture   \(architecture)\(name.value.map { ", \($0)" } ?? "")
            parameters     \((Double(parameters) / 1e6).formatted(decimals: 1)) million
            layers         \(layers)
            attention      \(heads) heads, \(keyValueHeads) for keys and values, \(headSize) wide
            vocabulary     \(vocabulary)
            context        \(context)
            tokenizer      \(tokenizer)
            chat template  \(chatTemplate)
            tensors        \(counts.joined(separator: ", "))
            \(shapes.joined(separator: "\n"))

            """
    }
}
