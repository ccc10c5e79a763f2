import CTensorKernels

/// The format in which a tensor's elements are stored, named as in the GGUF specification.
///
/// All formats can be read and used in products; ``isWritable`` tells whether tensors can be converted to a format. The
/// facts about each format are in its file in `CTensorKernels/weights`.
public enum DType: String, Sendable, CaseIterable {
    /// IEEE 754 single precision.
    case f32 = "F32"
    /// IEEE 754 half precision.
    case f16 = "F16"
    /// The upper half of an IEEE 754 single.
    case bf16 = "BF16"
    /// 32 elements `d * q`: one half-precision scale `d`, 32 signed bytes `q`.
    case q8_0 = "Q8_0"
    /// 32 elements `d * (q - 8)`: one half-precision scale `d`, 32 unsigned nibbles `q`
    /// (elements 0..<16 are the low nibbles of the 16 bytes, 16..<32 the high ones).
    case q4_0 = "Q4_0"
    /// 32 elements `d * q + m`: half-precision `d` and `m`, then nibbles as in ``q4_0``.
    case q4_1 = "Q4_1"

    /// The format's number, which indexes the C tables.
    var kernelFormat: Int {
        switch self {
        case .f32: CTK_F32
        case .f16: CTK_F16
        case .bf16: CTK_BF16
        case .q8_0: CTK_Q8_0
        case .q4_0: CTK_Q4_0
        case .q4_1: CTK_Q4_1
        }
    }
}
