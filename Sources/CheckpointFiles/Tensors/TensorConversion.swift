package import TensorCore

/// How a tensor is converted for another file: its element format and the order of its rows.
package struct TensorConversion: Sendable {
    /// The format to write.
    package var dtype: DType
    /// The weight of each column's squared error in the search for scales; nil if all are equal.
    package var importance: [Float]?
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

    package init(to dtype: DType, rows: RowOrder? = nil, importance: [Float]? = nil) {
        self.dtype = dtype
        self.rows = rows
        self.importance = importance
    }

    /// Converts and writes a tensor, about a megabyte at a time. Rows whose format does not change are copied,
    /// quantized or not.
    ///
    /// - Parameter pool: converts rows in parallel; the result does not depend on it. With nil, the caller works alone.
    /// - Returns: the error of the conversion; nil if the rows are copied.
    /// - Throws: if an element is not finite, or the format cannot hold the tensor's elements; also any error of
    ///   `output`.
    @discardableResult
    package func write(
        _ tensor: StoredTensor, on pool: ThreadPool? = nil, to output: ByteOutput
    ) throws(CheckpointError) -> QuantizationError? {
        let tensor = rows != nil && tensor.shape.count == 1 ? try tensor.asColumn() : tensor
        let columns = tensor.columns
        precondition(importance?.count ?? columns == columns, "\(tensor.name): a weight for each column")
        let rowByteCount = tensor.dtype.bytesPerRow(columns: columns)
        let order = rows?.sources(count: tensor.rows)
        let portion = max(1, (1 << 20) / dtype.bytesPerRow(columns: columns))
        let conversion = RowConversion(from: tensor.dtype, to: dtype, columns: columns, importance: importance)
        let range = FormatRange(dtype)
        var error = QuantizationError()
        defer { tensor.release() }
        try tensor.withBytes { (bytes) throws(CheckpointError) in
            try bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
                for start in stride(from: 0, to: tensor.rows, by: portion) {
                    let end = min(start + portion, tensor.rows)
                    let stored = (start..<end).map { row in
                        let source = (order?[row] ?? row) * rowByteCount
                        return UnsafeRawBufferPointer(rebasing: bytes[source..<source + rowByteCount])
                    }
                    let converted = conversion.convert(stored, on: pool)
                    if let (row, column) = converted.notFinite {
                        let elements = tensor.dtype.dequantize(stored[row], columns: columns)
                        throw range.failure(tensor, elements, row: order?[start + row] ?? start + row, column: column)
                    }
                    error.add(converted.error)
                    // A span of a property of a local crashes the compiler here (6.3.1), as in TensorEntries.
                    let bytes = converted.bytes
                    try output(bytes.span.bytes)
                    // Reordered rows stay within their head; a few are therefore read again after this release.
                    tensor.release(start * rowByteCount..<end * rowByteCount)
                }
            }
        }
        guard dtype != tensor.dtype else { return nil }
        try range.checkLoss(error, of: tensor)
        return error
    }
}
