import CTensorKernels

extension DType {
    /// The number of consecutive elements of a row in one block: 1 for formats that are not quantized.
    public var elementsPerBlock: Int { facts.block_elements }

    /// The size of one block in a file, in bytes.
    public var bytesPerBlock: Int { facts.block_bytes }

    /// Whether blocks of several elements share a scale. Only GGUF files have such formats.
    public var isQuantized: Bool { elementsPerBlock > 1 }

    /// Bits per weight, including its share of the block's scale.
    package var bitsPerElement: Double { Double(bytesPerBlock * 8) / Double(elementsPerBlock) }

    /// The number of the format as a tensor's type in GGUF files (`enum ggml_type` in ggml.h).
    package var ggufType: UInt32 { facts.gguf_type }

    /// The number in `general.file_type` of GGUF files whose matrices are mostly of this format (`enum llama_ftype` in
    /// llama.h).
    package var ggufFileType: UInt32 { facts.gguf_file_type }

    /// The largest magnitude of an element that this format can store or, if blocks have a minimum, the largest range
    /// of a block.
    package var largestElement: Float { facts.largest }

    /// The largest multiple of a block's F16 scale by which its elements are scaled: 1 if the block has no other scales.
    package var scaleSteps: Int { max(1, facts.scale_steps) }

    /// Whether a block has a minimum besides its scale.
    package var hasMinimum: Bool { facts.halves > 1 }

    /// Whether scales (or the elements, in formats without scales) are F16 and therefore limited to its range.
    package var hasHalves: Bool { facts.halves > 0 }

    /// Byte offsets of a block's F16 numbers: its scale and its minimum.
    package var halfOffsets: [Int] { (0..<facts.halves).map { facts.halves_at + 2 * $0 } }

    private var facts: ctk_weight_format { ctk_format(Int32(kernelFormat)).pointee }
}
