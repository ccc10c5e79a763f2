import CTensorKernels

/// The precision of a product's operands. Sums are always f32.
public enum ProductPrecision: String, Sendable, CaseIterable {
    /// Operands as they are.
    case f32
    /// Operands rounded to the nearest bfloat16, ties to even, when they are packed. A kernel table without bf16
    /// instructions multiplies in f32 instead.
    case bf16

    /// The precision's index in the C tables.
    var kernelIndex: Int {
        switch self {
        case .f32: CTK_DENSE_F32
        case .bf16: CTK_DENSE_BF16
        }
    }
}
