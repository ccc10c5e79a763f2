import CheckpointFiles
public import LanguageModels
public import TensorCore

/// What a checkpoint file says about itself, without its weights being read.
public struct CheckpointSummary: Sendable {
    /// The file's path, as given.
    public let path: String
    /// Bytes of the file.
    public let byteCount: Int
    /// GGUF version.
    public let version: Int
    /// `general.architecture`.
    public let architecture: String
    /// `general.name`.
    public let name: String?
    /// How large the model is.
    public let shape: ModelShape
    /// `tokenizer.ggml.model`, the kind of tokenizer.
    public let tokenizerModel: String?
    /// `tokenizer.ggml.pre`, what cuts text into words before it.
    public let preTokenizer: String?
    /// `tokenizer.chat_template`, unread.
    public let chatTemplate: String?
    /// Every tensor, in the order of the file.
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

    /// Summarizes the GGUF file at a path.
    ///
    /// - Throws: ``CheckpointError`` if it cannot be read, is damaged, or is of no known architecture.
    public init(path: String) throws(CheckpointError) { try self.init(GGUFFile(path: path)) }

    init(_ file: GGUFFile) throws(CheckpointError) {
        let metadata = file.metadata
        path = file.path
        byteCount = file.mapping.byteCount
        version = Int(file.version)
        architecture = try GGUFNames.names(for: metadata).architecture
        name = try metadata.stringIfPresent(named: "general.name")
        shape = try ModelShape(.gguf(file))
        tokenizerModel = try metadata.stringIfPresent(named: "tokenizer.ggml.model")
        preTokenizer = try metadata.stringIfPresent(named: "tokenizer.ggml.pre")
        chatTemplate = try metadata.stringIfPresent(named: "tokenizer.chat_template")
        tensors = file.tensors.map {
            TensorEntry(name: $0.name, dtype: $0.dtype, shape: $0.shape, byteCount: $0.range.count)
        }
    }
}
