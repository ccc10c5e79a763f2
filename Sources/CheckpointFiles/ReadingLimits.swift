/// The most that is read of one kind of file, so that a wrong file costs little memory and time.
///
/// All limits stand here, each with its reason; Documentation/Checkpoints.md lists them.
package struct ReadingLimit: Sendable {
    /// Bytes of the file.
    package let byteCount: Int
    /// JSON values in it: decoding takes about 60 bytes for each, however short its text is.
    package let valueCount: Int

    package init(byteCount: Int, valueCount: Int? = nil) {
        self.byteCount = byteCount
        // Files of real models have more than ten bytes for each value.
        self.valueCount = valueCount ?? byteCount / 8
    }
}

extension ReadingLimit {
    /// `config.json`, `generation_config.json`, `state.json` and chat templates: real ones have less than 50 kB.
    package static let description = ReadingLimit(byteCount: 1 << 20)
    /// `tokenizer_config.json` may list every added token: 1.2 MB for Gemma 3.
    package static let tokenizerDescription = ReadingLimit(byteCount: 8 << 20)
    /// `tokenizer.json`: 33 MB and two million values for Gemma 3, the largest published.
    package static let tokenizer = ReadingLimit(byteCount: 64 << 20, valueCount: 4 << 20)
    /// The index of a model in several files: 9 MB for the 92,000 tensors of DeepSeek V3.
    package static let index = ReadingLimit(byteCount: 32 << 20, valueCount: 1 << 20)
    /// The header of a safetensors file: its reference implementation has the same limit of bytes. A tensor has ten
    /// values, so that 100,000 tensors fit.
    package static let safetensorsHeader = ReadingLimit(byteCount: 100_000_000, valueCount: 1 << 20)
    /// A training recipe: room for ten thousand paths of shards.
    package static let recipe = ReadingLimit(byteCount: 1 << 20)
    /// Lists of files, a name on each line: a million names of 60 bytes.
    package static let fileList = ReadingLimit(byteCount: 64 << 20)
    /// A text to tokenize or evaluate as a whole, which takes about twelve times its size in memory. Larger ones would
    /// take hours to evaluate.
    package static let text = ReadingLimit(byteCount: 256 << 20)

    /// Nesting of JSON: tokenizers, the deepest, have eight levels.
    package static let jsonDepth = 64
}

/// The most that is read of a GGUF file before its tensors' data. The largest real files have 50 MB, 1.3 million array
/// elements (Gemma 3's vocabulary), 50 keys and 2000 tensors there.
enum GGUFLimits {
    static let headerByteCount = 1 << 27
    /// In all arrays together; one takes at most 16 bytes of memory more than of the file.
    static let elementCount = 1 << 23
    static let keyCount = 1 << 16
    static let tensorCount = 1 << 18
}
