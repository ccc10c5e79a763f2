/// The format in which a tensor's elements are stored, named as in the GGUF specification.
///
/// Quantized formats store blocks of 32 consecutive elements of a row; the others are blocks of one element.
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

    /// How many consecutive elements of a row one block holds.
    public var elementsPerBlock: Int {
        switch self {
        case .f32, .f16, .bf16: 1
        case .q8_0, .q4_0, .q4_1: 32
        }
    }

    /// How many bytes one block takes in a file.
    public var bytesPerBlock: Int {
        switch self {
        case .f32: 4
        case .f16, .bf16: 2
        case .q8_0: 2 + 32
        case .q4_0: 2 + 16
        case .q4_1: 2 + 2 + 16
        }
    }
}
