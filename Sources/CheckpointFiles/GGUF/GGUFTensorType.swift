package import TensorCore

/// The numbers that identify element formats in GGUF files (`enum ggml_type` in ggml.h).
package enum GGUFTensorType {
    /// The format with a number; nil if it is not supported.
    package static func format(_ number: UInt32) -> DType? { DType.allCases.first { $0.ggufType == number } }

    /// The name of a type number, for errors; defined for every number.
    package static func name(_ number: UInt32) -> String {
        let known = names.indices.contains(Int(number)) ? names[Int(number)] : ""
        return known.isEmpty ? "type number \(number)" : known
    }

    // Empty for formats that ggml has withdrawn.
    private static let names = [
        "F32", "F16", "Q4_0", "Q4_1", "", "", "Q5_0", "Q5_1", "Q8_0", "Q8_1",
        "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "Q8_K", "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S",
        "IQ4_NL", "IQ3_S", "IQ2_S", "IQ4_XS", "I8", "I16", "I32", "I64", "F64", "IQ1_M",
        "BF16", "Q4_0_4_4", "Q4_0_4_8", "Q4_0_8_8", "TQ1_0", "TQ2_0", "", "", "", "MXFP4",
        "NVFP4", "Q1_0", "Q2_0",
    ]
}
