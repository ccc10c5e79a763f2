/// A frozen weight matrix in its file's 16-bit format, row after row. Dense products convert the rows to f32 as they pack
/// them, which is exact, so results have the bits that f32 weights give.
package struct HalfMatrix: Sendable {
    let storage: Storage
    /// F16 or BF16.
    package let dtype: DType
    package let rows: Int
    package let columns: Int

    /// Copies rows.
    ///
    /// - Parameter order: maps each row to its row in the file.
    package init(
        _ file: UnsafeRawBufferPointer, dtype: DType, rows: Int, columns: Int, order: (_ row: Int) -> Int
    ) {
        precondition(Self.formats.contains(dtype), "a 16-bit format")
        let rowBytes = dtype.bytesPerRow(columns: columns)
        precondition(file.count == rows * rowBytes, "a matrix of whole rows")
        storage = Storage(byteCount: file.count)
        self.dtype = dtype
        self.rows = rows
        self.columns = columns
        for row in 0..<rows {
            let start = order(row) * rowBytes
            UnsafeMutableRawBufferPointer(start: storage.address + row * rowBytes, count: rowBytes)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: file[start..<start + rowBytes]))
        }
    }

    /// The formats that a matrix may have.
    package static let formats: [DType] = [.f16, .bf16]

    /// Bytes of the weights.
    package var byteCount: Int { rows * dtype.bytesPerRow(columns: columns) }

    /// Converts part of a row to f32.
    func convert(row: Int, _ range: Range<Int>, into elements: UnsafeMutablePointer<Float>) {
        HalfRows(self).convert(row: row, range, into: elements)
    }
}

/// The address and format of a ``HalfMatrix``, for jobs, which count no references.
struct HalfRows: @unchecked Sendable {
    private let start: UnsafeRawPointer
    private let dtype: DType
    private let columns: Int

    init(_ matrix: HalfMatrix) {
        start = UnsafeRawPointer(matrix.storage.address)
        dtype = matrix.dtype
        columns = matrix.columns
    }

    func convert(row: Int, _ range: Range<Int>, into elements: UnsafeMutablePointer<Float>) {
        let bytes = UnsafeRawBufferPointer(
            start: start + dtype.bytesPerRow(columns: row * columns + range.lowerBound),
            count: dtype.bytesPerRow(columns: range.count))
        dtype.dequantize(bytes, into: UnsafeMutableBufferPointer(start: elements, count: range.count))
    }
}
