import CheckpointFiles
import TensorCore

/// What a checkpoint file says about itself.
public struct CheckpointSummary: Sendable {
    /// The file's path, as given.
    public let path: String
    /// Bytes of the file.
    public let byteCount: Int
    /// `general.architecture`.
    public let architecture: String
    /// `general.name`.
    public let name: String?
    /// GGUF version.
    public let version: Int
    /// The kind of tokenizer, and what cuts text into words before it.
    public let tokenizer: String
    /// Every tensor, in the order of the file.
    public let tensors: [Tensor]

    /// One tensor of the file.
    public struct Tensor: Sendable {
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

    init(_ file: GGUFFile, architecture: String) {
        self.architecture = architecture
        path = file.path
        byteCount = file.mapping.byteCount
        version = Int(file.version)
        name = (try? file.metadata.stringIfPresent(named: "general.name")) ?? nil
        let kind = (try? file.metadata.stringIfPresent(named: "tokenizer.ggml.model")) ?? nil
        let cutter = (try? file.metadata.stringIfPresent(named: "tokenizer.ggml.pre")) ?? nil
        tokenizer = [kind ?? "none", cutter].compactMap { $0 }.joined(separator: ", ")
        tensors = file.tensors.map {
            Tensor(name: $0.name, dtype: $0.dtype, shape: $0.shape, byteCount: $0.range.count)
        }
    }
}
