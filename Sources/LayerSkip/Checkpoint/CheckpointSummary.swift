import CheckpointFiles
public import LanguageModels
public import TensorCore

/// A description of a GGUF file or a model folder, made without reading its weights.
public struct CheckpointSummary: Sendable {
    /// The path as given, or `the default model`.
    public let path: String
    /// The size in bytes of the file, or of a folder's weights.
    public let byteCount: Int
    /// The GGUF version; nil for a folder.
    public let version: Int?
    /// The model's architecture, such as `llama`.
    public let architecture: String
    /// The model's name: `general.name`, or the name of the folder.
    public let name: String?
    /// The model's dimensions.
    public let shape: ModelShape
    /// The kind of tokenizer, with the names of `tokenizer.ggml.model`.
    public let tokenizerModel: String?
    /// The rule that splits text into words, with the names of `tokenizer.ggml.pre`.
    public let preTokenizer: String?
    /// Notes for people: what had to be guessed about the tokenizer, what it loses, or why it cannot be used.
    public let notes: [String]
    /// The chat template, not yet interpreted.
    public let chatTemplate: String?
    /// The model's best setting for self-speculation, if the file contains one.
    public let speculation: SpeculationSetting?
    /// Every tensor, in the order of the files.
    public let tensors: [TensorEntry]

    /// One tensor of the file.
    public struct TensorEntry: Sendable {
        /// The tensor's name in the file.
        public let name: String
        /// The element format.
        public let dtype: DType
        /// The dimensions, the contiguous one last.
        public let shape: [Int]
        /// The size in bytes in the file.
        public let byteCount: Int

        /// The number of elements.
        public var elementCount: Int { shape.reduce(1, *) }
    }

    /// The number of elements in all tensors.
    public var parameterCount: Int { tensors.reduce(0) { $0 + $1.elementCount } }

    /// Summarizes the GGUF file or model folder at a path.
    ///
    /// - Throws: ``CheckpointError`` if it cannot be read, is damaged, or has an unknown architecture.
    public init(path: String) throws(CheckpointError) { try self.init(Checkpoint(path: path)) }

    /// Summarizes a checkpoint. If its tokenizer cannot be read, a note says so, and the weights can still be shown.
    ///
    /// - Throws: ``CheckpointError`` if a name in a GGUF file's metadata is not a string.
    public init(_ checkpoint: Checkpoint) throws(CheckpointError) {
        let notes: [String]
        do {
            let tokenizer = try checkpoint.tokenizer()
            notes = tokenizer.notes + [tokenizer.possibleLoss].compactMap(\.self)
        } catch {
            notes = ["not usable: \(error)"]
        }
        try self.init(checkpoint, notes: notes)
    }

    /// - Parameter notes: on the checkpoint's tokenizer.
    init(_ checkpoint: Checkpoint, notes: [String]) throws(CheckpointError) {
        self.notes = notes
        shape = ModelShape(checkpoint.configuration)
        architecture = checkpoint.configuration.architecture.name
        path = checkpoint.path
        chatTemplate = checkpoint.chatTemplate
        speculation = checkpoint.speculation
        switch checkpoint.files {
        case .gguf(let file, _):
            let metadata = file.metadata
            byteCount = file.mapping.byteCount
            version = Int(file.version)
            name = try metadata.stringIfPresent(named: "general.name")
            tokenizerModel = try metadata.stringIfPresent(named: "tokenizer.ggml.model")
            preTokenizer = try metadata.stringIfPresent(named: "tokenizer.ggml.pre")
            tensors = file.tensors.map {
                TensorEntry(name: $0.name, dtype: $0.dtype, shape: $0.shape, byteCount: $0.range.count)
            }
        case .folder(let folder, _):
            let tokenizer = try? checkpoint.tokenizerDefinition()
            let files = folder.source.files
            byteCount = files.reduce(0) { $0 + $1.mapping.byteCount }
            version = nil
            name = folder.name
            tokenizerModel = tokenizer?.model
            preTokenizer = tokenizer?.preTokenizer
            tensors = files.flatMap(\.tensors).map {
                TensorEntry(name: $0.name, dtype: $0.dtype, shape: $0.shape, byteCount: $0.range.count)
            }
        }
    }
}
