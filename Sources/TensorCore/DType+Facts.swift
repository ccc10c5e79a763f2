import CTensorKernels

extension DType {
    /// How many consecutive elements of a row one block holds: 1 where the format is not quantized.
    public var elementsPerBlock: Int { facts.block_elements }

    /// How many bytes one block takes in a file.
    public var bytesPerBlock: Int { facts.block_bytes }

    /// Whether blocks of several elements share a scale. Only GGUF files have such formats.
    public var isQuantized: Bool { elementsPerBlock > 1 }

    /// Whether tensors of other formats can be converted to this one. Those that already have it can always be copied.
    public var isWritable: Bool { facts.quantize != nil }

    /// Bits that a weight takes, its share of the block's scale included.
    package var bitsPerElement: Double { Double(bytesPerBlock * 8) / Double(elementsPerBlock) }

    /// The number of the format as a tensor's type in GGUF files (`enum ggml_type` in ggml.h).
    package var ggufType: UInt32 { facts.gguf_type }

    /// The number in `general.file_type` of GGUF files whose matrices are mostly of this format (`enum llama_ftype` in
    /// llama.h).
    package var ggufFileType: UInt32 { facts.gguf_file_type }

    /// The largest magnitude of an element that a conversion to this format can store; where a block has a minimum, its
    /// largest range.
    package var largestElement: Float { facts.largest }

    /// Whether a block has a minimum besides its scale.
    package var hasMinimum: Bool { facts.halves > 1 }

    /// Whether scales, or else the elements themselves, have half precision, and so its range.
    package var hasHalves: Bool { facts.halves > 0 }

    /// The numbers of a block that have half precision, as byte offsets: its scale and its minimum.
    package var halfOffsets: [Int] { (0..<facts.halves).map { facts.halves_at + 2 * $0 } }

    private var facts: ctk_weight_format { ctk_format(Int32(kernelFormat)).pointee }
}
