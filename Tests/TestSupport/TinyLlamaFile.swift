package import CheckpointFiles
package import TensorCore

/// A tiny random Llama or Qwen model as a GGUF file. Equal settings give equal bytes, and its logits differ clearly.
package struct TinyLlamaFile: Sendable {
    /// The architecture, which determines the file's tensors and keys.
    package var architecture = Architecture.llama
    /// The number of blocks.
    package var layers = 2
    /// The number of elements of a hidden row.
    package var width = 64
    /// The number of query heads.
    package var heads = 4
    /// The number of key and value heads; must divide ``heads``.
    package var keyValueHeads = 2
    /// The number of elements of a head; even.
    package var headDimension = 16
    /// The number of elements between the two halves of an MLP.
    package var feedForwardWidth = 96
    /// The number of rows of the embedding. From 260 on, the file has a byte-level tokenizer with as many tokens.
    package var vocabularySize = 320
    /// The maximum number of positions.
    package var contextLength = 512
    /// The scale of keys relative to values.
    package var keySize: Float = 1
    /// Whether the embedding also serves as the output head.
    package var isTied = true
    /// The base of the rotary position embedding.
    package var ropeBase: Float = 10000
    /// The scaling of the rotary position embedding.
    package var ropeScaling = RoPEScaling.none
    /// The format of the matrices; vectors are always F32.
    package var matrixType: DType {
        get { matrixTypes[0] }
        set { matrixTypes = [newValue] }
    }
    /// The formats that the matrices use in turn. Their rows must be whole blocks of it.
    package var matrixTypes = [DType.f32]
    /// The scale of attention and MLP outputs in the residual stream. Smaller values make early exits agree more with
    /// the last layer.
    package var blockSize: Float = 1
    /// Determines the weights.
    package var seed: UInt64 = 1

    /// An architecture, by its name in GGUF files.
    package enum Architecture: Sendable { case llama, qwen2, qwen3 }

    /// A file's setting for scaling the rotary position embedding.
    package enum RoPEScaling: Sendable {
        case none
        /// Positions are divided by a factor.
        case linear(factor: Float)
        /// YaRN with its usual attention factor.
        case yarn(factor: Float, originalContext: Int)
        /// A divisor for each of the headDimension / 2 frequencies, as in Llama 3.1's files.
        case frequencyFactors([Float])
    }

    /// Creates the default model: two layers of width 64, F32, tied, with a tokenizer of 320 tokens.
    package init() {}

    /// Makes all rows `width` wide, or twice as wide, so that they are whole super-blocks.
    package mutating func widen(to width: Int) {
        self.width = width
        headDimension = width / heads
        feedForwardWidth = 2 * width
    }

    /// A writer with the file's content, ready to be changed or written.
    package func writer() -> GGUFWriter {
        var writer = GGUFWriter()
        addMetadata(to: &writer.metadata)
        if vocabularySize >= TinyTokenizer.minimumSize {
            TinyTokenizer.addMetadata(to: &writer.metadata, size: vocabularySize)
        }
        addTensors(to: &writer)
        return writer
    }

    /// The file's bytes.
    package func bytes() throws(CheckpointError) -> [UInt8] { try writer().bytes() }

    /// Writes the file.
    package func write(to path: String) throws(CheckpointError) { try writer().write(to: path) }
}
