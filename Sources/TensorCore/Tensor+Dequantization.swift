extension Tensor {
    /// Converts the rows of a matrix from their file format to f32.
    ///
    /// - Parameter order: maps each row of the result to its row in the file.
    package init(
        dequantizing file: UnsafeRawBufferPointer, dtype: DType, rows: Int, columns: Int,
        order: (_ row: Int) -> Int = { $0 }
    ) {
        let rowBytes = dtype.bytesPerRow(columns: columns)
        precondition(file.count == rows * rowBytes, "a matrix of whole rows")
        self.init(
            Storage(byteCount: rows * columns * MemoryLayout<Float>.stride), rows: rows, columns: columns)
        for row in 0..<rows {
            let start = order(row) * rowBytes
            let bytes = UnsafeRawBufferPointer(rebasing: file[start..<start + rowBytes])
            dtype.dequantize(bytes, into: UnsafeMutableBufferPointer(start: pointer + row * columns, count: columns))
        }
    }
}
