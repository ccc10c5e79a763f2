package import TensorCore

/// An element format of GGUF files (`enum ggml_type` in ggml.h), whether or not this package can compute with it.
package struct GGUFTensorType: Sendable, Equatable {
    /// The format's name, such as `Q4_K`.
    package let name: String
    /// The number of elements in a block.
    let elementsPerBlock: Int
    /// The size of a block in bytes.
    let bytesPerBlock: Int
    /// The format in this package; nil if it is not supported.
    package let dtype: DType?

    /// The format with a number; nil if ggml has none, or has withdrawn it.
    package init?(_ number: UInt32) {
        guard let block = Self.blocks[number] else { return nil }
        (name, elementsPerBlock, bytesPerBlock) = block
        dtype = Self.format(number)
    }

    /// The format with a number; nil if it is not supported.
    package static func format(_ number: UInt32) -> DType? { DType.allCases.first { $0.ggufType == number } }

    /// The name of a type number, for errors; defined for every number.
    package static func name(_ number: UInt32) -> String { blocks[number]?.0 ?? "type number \(number)" }

    /// Each format's name, and the elements and bytes of its blocks (ggml-common.h).
    private static let blocks: [UInt32: (String, Int, Int)] = [
        0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
        7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 36), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110),
        12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
        16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
        20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136),
        24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8),
        29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 31: ("Q4_0_4_4", 32, 18), 32: ("Q4_0_4_8", 32, 18),
        33: ("Q4_0_8_8", 32, 18), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
        40: ("NVFP4", 64, 36), 41: ("Q1_0", 128, 18), 42: ("Q2_0", 64, 18),
    ]

    /// The number of bytes that a tensor of this shape takes; nil as for ``DType``.
    func byteCount(shape: [Int]) -> Int? {
        CheckpointFiles.byteCount(shape: shape, elementsPerBlock: elementsPerBlock, bytesPerBlock: bytesPerBlock)
    }
}
