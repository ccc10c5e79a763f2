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

    /// Converts the matrix to another format and packs it, in parallel and about a megabyte at a time, so that its rows
    /// in the new format are never completely in memory.
    ///
    /// - Throws: if the format cannot hold the elements, as an export to it would.
    package func packed(as dtype: DType, on compute: ComputeContext) throws(CheckpointError) -> PackedMatrix {
        guard dtype != self.dtype else { return packed(on: compute) }
        var packer = PanelPacker(PanelLayout(dtype, rows: rows, columns: columns, for: compute.kernels), on: compute)
        try TensorConversion(to: dtype).write(self, on: compute.pool) { (rows) throws(CheckpointError) in
            unsafe rows.withUnsafeBytes { unsafe packer.append($0) }
        }
        return packer.finish()
    }

    /// Returns the elements in f32, as one row.
    package func vector() -> Tensor { floats(rows: 1, columns: rows * columns) { $0 } }

    /// Returns the matrix in f32.
    ///
    /// - Parameter order: maps each row of the result to its row in the file.
    package func floats(order: (_ row: Int) -> Int = { $0 }) -> Tensor {
        floats(rows: rows, columns: columns, order)
    }

    /// Returns the matrix in its 16-bit format.
    ///
    /// - Parameter order: as above.
    package func halves(order: (_ row: Int) -> Int = { $0 }) -> HalfMatrix {
        defer { release() }
        return withBytes { bytes in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe HalfMatrix(bytes, dtype: dtype, rows: rows, columns: columns, order: order)
            }
        }
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
