import CheckpointFiles
public import LanguageModels
public import TensorCore

/// What a GGUF file or a model folder says about itself, without its weights being read.
public struct CheckpointSummary: Sendable {
    /// The path, as given; `the default model` for the one in the program.
    public let path: String
    /// Bytes of the file, or of a folder's weights.
    public let byteCount: Int
    /// GGUF version; nil for a folder.
    public let version: Int?
    /// The model's kind, such as `llama`.
    public let architecture: String
    /// What the model is called: `general.name`, or the folder's own name.
    public let name: String?
    /// How large the model is.
    public let shape: ModelShape
    /// The kind of tokenizer, as `tokenizer.ggml.model` calls it.
    public let tokenizerModel: String?
    /// What cuts text into words before it, as `tokenizer.ggml.pre` calls it.
    public let preTokenizer: String?
    /// What had to be guessed about the tokenizer, or gets lost, or why it cannot be used; for people.
    public let notes: [String]
    /// The template of conversations, unread.
    public let chatTemplate: String?
    /// How the model speculates on itself best, where the file says so.
    public let speculation: SpeculationSetting?
    /// Every tensor, in the order of the files.
    public let tensors: [TensorEntry]

    /// One tensor of the file.
    public struct TensorEntry: Sendable {
        /// Its name in the file.
        public let name: String
        /// Its element format.
        public let dtype: DType
        /// Its dimensions, the contiguous one last.
        public let shape: [Int]
        /// Bytes in the file.
        public let byteCount: Int

        /// Number of elements.
        public var elementCount: Int { shape.reduce(1, *) }
    }

    /// Elements of all tensors.
    public var parameterCount: Int { tensors.reduce(0) { $0 + $1.elementCount } }

    /// Summarizes the GGUF file or model folder at a path.
    ///
    /// - Throws: ``CheckpointError`` if it cannot be read, is damaged, or is of no known architecture.
    public init(path: String) throws(CheckpointError) { try self.init(Checkpoint(path: path)) }

    /// Summarizes a checkpoint. A tokenizer that cannot be read is a note, so that the weights can still be shown.
    ///
    /// - Throws: ``CheckpointError`` if a name in a GGUF file's metadata is none.
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
