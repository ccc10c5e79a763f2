package import CheckpointFiles
package import TensorCore

extension StoredTensor {
    /// Packs the matrix for the context's kernels. The file's pages are released as they are packed, so that a large
    /// embedding is never completely in memory twice.
    package func packed(on compute: ComputeContext) -> PackedMatrix {
        defer { release() }
        return withBytes { bytes in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe PackedMatrix(
                    bytes, dtype: dtype, rows: rows, columns: columns, on: compute, didPack: { release($0) })
            }
        }
    }

    /// Returns the elements in f32, as one row.
    package func vector() -> Tensor { floats(rows: 1, columns: rows * columns) { $0 } }

    /// Returns the matrix in f32.
    ///
    /// - Parameter order: maps each row of the result to its row in the file.
    package func floats(order: (_ row: Int) -> Int = { $0 }) -> Tensor {
        floats(rows: rows, columns: columns, order)
    }

    private func floats(rows: Int, columns: Int, _ order: (Int) -> Int) -> Tensor {
        defer { release() }
        return withBytes { bytes in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe Tensor(dequantizing: bytes, dtype: dtype, rows: rows, columns: columns, order: order)
            }
        }
    }
}
