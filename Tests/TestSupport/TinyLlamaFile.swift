package import CheckpointFiles
package import TensorCore

/// A tiny random Llama, or a Qwen, as a GGUF file: the same bytes for the same settings, and logits that differ
/// clearly.
package struct TinyLlamaFile: Sendable {
    /// Whose tensors and keys the file has.
    package var architecture = Architecture.llama
    /// How many blocks.
    package var layers = 2
    /// Elements of a hidden row.
    package var width = 64
    /// Query heads.
    package var heads = 4
    /// Key and value heads; must divide ``heads``.
    package var keyValueHeads = 2
    /// Elements of a head; even.
    package var headDimension = 16
    /// Elements between the two halves of an MLP.
    package var feedForwardWidth = 96
    /// Rows of the embedding. From 260 on, the file has a byte-level tokenizer of as many tokens.
    package var vocabularySize = 320
    /// The most positions.
    package var contextLength = 512
    /// How much larger keys are than values.
    package var keySize: Float = 1
    /// Whether the embedding also serves as the output head.
    package var isTied = true
    /// The base of the rotary position embedding.
    package var ropeBase: Float = 10000
    /// How the rotary position embedding is stretched.
    package var ropeScaling = RoPEScaling.none
    /// The format of the matrices; vectors are F32 always.
    package var matrixType: DType {
        get { matrixTypes[0] }
        set { matrixTypes = [newValue] }
    }
    /// Formats that the matrices take in turn. A matrix whose rows are not whole blocks of its format is F32.
    package var matrixTypes = [DType.f32]
    /// How much attention and MLP add to the residual stream: the smaller, the more early exits agree with the last.
    package var blockSize: Float = 1
    /// Decides the weights.
    package var seed: UInt64 = 1

    /// An architecture, by its name in files.
    package enum Architecture: Sendable { case llama, qwen2, qwen3 }

    /// What a file says about stretching the rotary position embedding.
    package enum RoPEScaling: Sendable {
        case none
        /// Positions are divided by a factor.
        case linear(factor: Float)
        /// YaRN, which we do not know: a loader must refuse it.
        case yarn(factor: Float, originalContext: Int)
        /// A divisor for each of the headDimension / 2 frequencies, as Llama 3.1's files have.
        case frequencyFactors([Float])
    }

    /// Two layers of width 64, F32, tied, with a tokenizer of 320 tokens.
    package init() {}

    /// The file's content, ready to be changed or written.
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
