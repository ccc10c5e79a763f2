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
    package func vector() -> Tensor {
        defer { release() }
        let elements = withBytes { bytes in
            unsafe bytes.withUnsafeBytes { bytes in unsafe dtype.dequantize(bytes, columns: rows * columns) }
        }
        return Tensor(elements, rows: 1, columns: elements.count)
    }
}
