/// A weight matrix [rows, columns].
package enum Matrix: Sendable {
    /// Packed for the kernels, quantized or not; used in inference.
    case packed(PackedMatrix)
    /// Rows in f32: a parameter, frozen weights, or the weights with which a model in training decodes.
    case dense(Tensor)

    package var rows: Int {
        switch self {
        case .packed(let matrix): matrix.rows
        case .dense(let tensor): tensor.rows
        }
    }

    package var columns: Int {
        switch self {
        case .packed(let matrix): matrix.columns
        case .dense(let tensor): tensor.columns
        }
    }

    /// Bytes of the weights.
    package var byteCount: Int {
        switch self {
        case .packed(let matrix): matrix.byteCount
        case .dense(let tensor): tensor.rows * tensor.columns * MemoryLayout<Float>.stride
        }
    }

    /// The same weights without a gradient node.
    package func detached() -> Matrix {
        switch self {
        case .packed: self
        case .dense(let tensor): .dense(tensor.detached())
        }
    }
}
