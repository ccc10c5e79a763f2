/// The maximum size of one kind of input file, so that a wrong file costs little memory and time.
///
/// All limits are defined here, each with its reason; Documentation/Checkpoints.md lists them.
package struct ReadingLimit: Sendable {
    /// The maximum size of the file in bytes.
    package let byteCount: Int
    /// The maximum number of JSON values; decoding takes about 60 bytes for each, however short its text.
    package let valueCount: Int

    package init(byteCount: Int, valueCount: Int? = nil) {
        self.byteCount = byteCount
        // Real models' files have more than ten bytes per value.
        self.valueCount = valueCount ?? byteCount / 8
    }
}

extension ReadingLimit {
    /// `config.json`, `generation_config.json`, `state.json` and chat templates; real ones are below 50 kB.
    package static let description = ReadingLimit(byteCount: 1 << 20)
    /// `tokenizer_config.json`, which may list every added token; Gemma 3's has 1.2 MB.
    package static let tokenizerDescription = ReadingLimit(byteCount: 8 << 20)
    /// `tokenizer.json`; Gemma 3's, the largest published, has 33 MB and two million values.
    package static let tokenizer = ReadingLimit(byteCount: 64 << 20, valueCount: 4 << 20)
    /// The index of a model in several files; that of DeepSeek V3, with 92,000 tensors, has 9 MB.
    package static let index = ReadingLimit(byteCount: 32 << 20, valueCount: 1 << 20)
    /// The header of a safetensors file. The reference implementation has the same byte limit. Each tensor takes ten
    /// values, so 100,000 tensors fit.
    package static let safetensorsHeader = ReadingLimit(byteCount: 100_000_000, valueCount: 1 << 20)
    /// A training recipe; enough for ten thousand shard paths.
    package static let recipe = ReadingLimit(byteCount: 1 << 20)
    /// A list of files, one name per line; enough for a million names of 60 bytes.
    package static let fileList = ReadingLimit(byteCount: 64 << 20)
    /// A text to tokenize or evaluate as a whole, which takes about twelve times its size in memory. A larger one would
    /// take hours to evaluate.
    package static let text = ReadingLimit(byteCount: 256 << 20)

    /// The maximum nesting of JSON; tokenizers, the deepest files, have eight levels.
    package static let jsonDepth = 64
}

/// The maximum size of a GGUF file's header. The largest real headers have 50 MB, 1.3 million array elements (Gemma 3's
/// vocabulary), 50 keys and 2000 tensors.
enum GGUFLimits {
    static let headerByteCount = 1 << 27
    /// The total over all arrays. An element takes at most 16 bytes more in memory than in the file.
    static let elementCount = 1 << 23
    static let keyCount = 1 << 16
    static let tensorCount = 1 << 18
}
