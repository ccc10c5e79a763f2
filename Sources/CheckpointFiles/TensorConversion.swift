package import TensorCore

/// How a tensor changes on its way into another file: its elements' format, and the order of its rows.
package struct TensorConversion: Sendable {
    /// The format to write.
    package var dtype: DType
    /// For projections whose heads RoPE turns: how rows are ordered now and how they are to be.
    package var rows: RowOrder?

    /// The rows of heads in one order, wanted in another.
    package struct RowOrder: Sendable {
        package let from: RoPEPairing
        package let to: RoPEPairing
        package let headDimension: Int

        package init(from: RoPEPairing, to: RoPEPairing, headDimension: Int) {
            self.from = from
            self.to = to
            self.headDimension = headDimension
        }

        /// For each row that is written, the one that it is now.
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

    /// Writes a tensor, about a megabyte at a time. Rows of a format that stays are copied, quantized or not.
    ///
    /// - Throws: if an element is not finite, or too large for the format; or what `output` throws.
    package func write(_ tensor: StoredTensor, to output: ByteOutput) throws(CheckpointError) {
        let columns = tensor.columns
        let rowByteCount = tensor.dtype.bytesPerRow(columns: columns)
        let order = rows?.sources(count: tensor.rows)
        let portion = max(1, (1 << 20) / dtype.bytesPerRow(columns: columns))
        defer { tensor.release() }
        try tensor.withBytes { (bytes) throws(CheckpointError) in
            try bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
                for start in stride(from: 0, to: tensor.rows, by: portion) {
                    var converted: [UInt8] = []
                    converted.reserveCapacity(portion * dtype.bytesPerRow(columns: columns))
                    for row in start..<min(start + portion, tensor.rows) {
                        let source = (order?[row] ?? row) * rowByteCount
                        let stored = UnsafeRawBufferPointer(rebasing: bytes[source..<source + rowByteCount])
                        if dtype == tensor.dtype {
                            converted.append(contentsOf: stored)
                        } else {
                            converted += try convert(stored, of: tensor)
                        }
                    }
                    try output(converted.span.bytes)
                    // Rows in another order are still within a head of where they were; those are read once more.
                    tensor.release(start * rowByteCount..<min(start + portion, tensor.rows) * rowByteCount)
                }
            }
        }
    }

    private func convert(_ row: UnsafeRawBufferPointer, of tensor: StoredTensor) throws(CheckpointError) -> [UInt8] {
        let elements = tensor.dtype.dequantize(row, columns: tensor.columns)
        let largest = dtype == .f16 ? Float(Float16.greatestFiniteMagnitude) : Float.greatestFiniteMagnitude
        // Nor NaN, which no comparison is true of.
        if let wrong = elements.first(where: { !(abs($0) <= largest) }) {
            throw CheckpointError(
                file: tensor.file ?? tensor.name, name: "tensor \(tensor.name.quoted)",
                expected: "elements up to \(largest) in magnitude, as \(dtype.rawValue) can hold", found: "\(wrong)")
        }
        return dtype.quantize(elements)
    }
}
