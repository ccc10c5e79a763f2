package import TensorCore

/// How a tensor is converted for another file: its element format and the order of its rows.
package struct TensorConversion: Sendable {
    /// The format to write.
    package var dtype: DType
    /// For projections whose heads RoPE rotates: the current and the new order of the rows. In a vector, such as a
    /// projection's bias, each element is a row.
    package var rows: RowOrder?

    /// A change of the order of rows within heads.
    package struct RowOrder: Sendable {
        package let from: RoPEPairing
        package let to: RoPEPairing
        package let headDimension: Int

        package init(from: RoPEPairing, to: RoPEPairing, headDimension: Int) {
            self.from = from
            self.to = to
            self.headDimension = headDimension
        }

        /// For each row to write, the index of its source row.
        func sources(count: Int) -> [Int] {
            var result = [Int](repeating: 0, count: count)
            for row in 0..<count {
                let target = to.row(ofHalfSplit: row, headDimension: headDimension)
                result[target] = from.row(ofHalfSplit: row, headDimension: headDimension)
            }
            return result
        }
    }

    package init(to dtype: DType, rows: RowOrder? = nil) {
        self.dtype = dtype
        self.rows = rows
    }

    /// Converts and writes a tensor, about a megabyte at a time. Rows whose format does not change are copied,
    /// quantized or not.
    ///
    /// - Throws: if an element is not finite, or the format cannot hold the tensor's elements; also any error of
    ///   `output`.
    package func write(_ tensor: StoredTensor, to output: ByteOutput) throws(CheckpointError) {
        let tensor = rows != nil && tensor.shape.count == 1 ? try tensor.asColumn() : tensor
        let columns = tensor.columns
        let rowByteCount = tensor.dtype.bytesPerRow(columns: columns)
        let order = rows?.sources(count: tensor.rows)
        let portion = max(1, (1 << 20) / dtype.bytesPerRow(columns: columns))
        var range = FormatRange(dtype)
        defer { tensor.release() }
        try tensor.withBytes { (bytes) throws(CheckpointError) in
            try bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
                func stored(_ row: Int) -> UnsafeRawBufferPointer {
                    let source = (order?[row] ?? row) * rowByteCount
                    return UnsafeRawBufferPointer(rebasing: bytes[source..<source + rowByteCount])
                }
                for start in stride(from: 0, to: tensor.rows, by: portion) {
                    let end = min(start + portion, tensor.rows)
                    var converted: [UInt8] = []
                    converted.reserveCapacity((end - start) * dtype.bytesPerRow(columns: columns))
                    for row in start..<end {
                        if dtype == tensor.dtype {
                            converted.append(contentsOf: stored(row))
                        } else {
                            converted += dtype.quantize(tensor.dtype.dequantize(stored(row), columns: columns))
                        }
                    }
                    if let element = range.firstNotFinite(converted) {
                        let (row, column) = element.quotientAndRemainder(dividingBy: columns)
                        let elements = tensor.dtype.dequantize(stored(start + row), columns: columns)
                        throw range.failure(tensor, elements, row: order?[start + row] ?? start + row, column: column)
                    }
                    try output(converted.span.bytes)
                    // Reordered rows stay within their head; a few are therefore read again after this release.
                    tensor.release(start * rowByteCount..<end * rowByteCount)
                }
            }
        }
        if dtype != tensor.dtype, range.isTooCoarse { try range.checkThatAllAreZero(tensor) }
    }
}
