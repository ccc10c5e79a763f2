package import CheckpointFiles
package import TensorCore

extension StoredTensor {
    /// The matrix, packed for the context's kernels. The file's pages are given back as they are packed: a vocabulary's
    /// embedding is large, and at no time should all of it be in memory twice.
    package func packed(on compute: ComputeContext) -> PackedMatrix {
        defer { release() }
        return withBytes { bytes in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe PackedMatrix(
                    bytes, dtype: dtype, rows: rows, columns: columns, on: compute, didPack: { release($0) })
            }
        }
    }

    /// The elements in f32, as one row.
    package func vector() -> Tensor { dense(rows: 1, columns: rows * columns) { $0 } }

    /// The matrix in f32.
    ///
    /// - Parameter order: which row of the file becomes each row.
    package func dense(order: (_ row: Int) -> Int = { $0 }) -> Tensor {
        dense(rows: rows, columns: columns, order)
    }

    private func dense(rows: Int, columns: Int, _ order: (Int) -> Int) -> Tensor {
        defer { release() }
        return withBytes { bytes in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe Tensor(dequantizing: bytes, dtype: dtype, rows: rows, columns: columns, order: order)
            }
        }
    }
}
