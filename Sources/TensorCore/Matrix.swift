/// A weight matrix [rows, columns].
package enum Matrix: Sendable {
    /// Packed for the kernels, quantized or not; used in inference.
    case packed(PackedMatrix)
    /// Rows in 16 bits that are never trained: the weights below a ``LowRankAdapter``.
    case half(HalfMatrix)
    /// Rows in f32: a parameter, frozen weights, or the weights with which a model in training decodes.
    case unpacked(Tensor)

    package var rows: Int {
        switch self {
        case .packed(let matrix): matrix.rows
        case .half(let matrix): matrix.rows
        case .unpacked(let tensor): tensor.rows
        }
    }

    package var columns: Int {
        switch self {
        case .packed(let matrix): matrix.columns
        case .half(let matrix): matrix.columns
        case .unpacked(let tensor): tensor.columns
        }
    }

    /// Bytes of the weights.
    package var byteCount: Int {
        switch self {
        case .packed(let matrix): matrix.byteCount
        case .half(let matrix): matrix.byteCount
        case .unpacked(let tensor): tensor.rows * tensor.columns * MemoryLayout<Float>.stride
        }
    }

    /// The same weights without a gradient node.
    package func detached() -> Matrix {
        switch self {
        case .packed, .half: self
        case .unpacked(let tensor): .unpacked(tensor.detached())
        }
    }
}
