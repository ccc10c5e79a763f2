import CTensorKernels

/// The format in which a tensor's elements are stored, named as in the GGUF specification.
///
/// All formats can be read, written and used in products. The facts about each format are in its file in
/// `CTensorKernels/weights`.
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
    /// 32 elements `d * (q - 16)`: half-precision `d`, 5-bit codes `q`.
    case q5_0 = "Q5_0"
    /// 32 elements `d * q + m`: half-precision `d` and `m`, 5-bit codes `q`.
    case q5_1 = "Q5_1"
    /// 256 elements `d * s * q`: half-precision `d`, 8-bit `s` for each 16 elements, 6-bit codes `q`.
    case q6_K = "Q6_K"
    /// 256 elements `d * s * q - e * m`: half-precision `d` and `e`, 6-bit `s` and `m` for each 32 elements, 5-bit
    /// codes `q`.
    case q5_K = "Q5_K"
    /// 256 elements as in ``q5_K``, with 4-bit codes.
    case q4_K = "Q4_K"
    /// 256 elements `d * s * q`: half-precision `d`, 6-bit `s` for each 16 elements, 3-bit codes `q`.
    case q3_K = "Q3_K"
    /// 256 elements `d * s * q - e * m`: half-precision `d` and `e`, 4-bit `s` and `m` for each 16 elements, 2-bit
    /// codes `q`.
    case q2_K = "Q2_K"
    /// 32 elements `d * v[q]`: half-precision `d`, 4-bit codes `q` of 16 values `v` that are denser near 0.
    case iq4_NL = "IQ4_NL"
    /// 256 elements `d * s * v[q]`: as ``iq4_NL``, with 6-bit `s` for each 32 elements.
    case iq4_XS = "IQ4_XS"
    /// 32 elements of FP4 (E2M1) with one power of two as their scale (OCP Microscaling Formats).
    case mxfp4 = "MXFP4"

    /// The format's number, which indexes the C tables.
    var kernelFormat: Int {
        switch self {
        case .f32: CTK_F32
        case .f16: CTK_F16
        case .bf16: CTK_BF16
        case .q8_0: CTK_Q8_0
        case .q4_0: CTK_Q4_0
        case .q4_1: CTK_Q4_1
        case .q5_0: CTK_Q5_0
        case .q5_1: CTK_Q5_1
        case .q6_K: CTK_Q6_K
        case .q5_K: CTK_Q5_K
        case .q4_K: CTK_Q4_K
        case .q3_K: CTK_Q3_K
        case .q2_K: CTK_Q2_K
        case .iq4_NL: CTK_IQ4_NL
        case .iq4_XS: CTK_IQ4_XS
        case .mxfp4: CTK_MXFP4
        }
    }
}
