/// Activations: a matrix of `rows` tokens by `columns` f32 values, row-major.
///
/// A small value over shared storage. Operations return new tensors and never change their inputs.
package struct Tensor: Sendable {
    package let storage: Storage
    package let firstElement: Int
    /// Number of rows: one per token.
    package let rows: Int
    /// Values per row.
    package let columns: Int
    /// The tensor's node in the backward pass; nil for plain values, such as all those of inference.
    package internal(set) var node: GradientNode?

    /// Whether operations on it are recorded.
    package var isRecorded: Bool { node != nil }

    /// Creates an operation's result; its contents are undefined.
    init(rows: Int, columns: Int, on context: ComputeContext) {
        let byteCount = rows * columns * MemoryLayout<Float>.stride
        self.init(context.memory.take(byteCount: byteCount), rows: rows, columns: columns)
    }

    /// A tensor of values that are in memory already.
    package init(_ storage: Storage, rows: Int, columns: Int) {
        precondition(storage.byteCount >= rows * columns * MemoryLayout<Float>.stride, "memory for all values")
        self.storage = storage
        firstElement = 0
        self.rows = rows
        self.columns = columns
    }

    private init(sharing tensor: Tensor, rows: Range<Int>) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= tensor.rows, "rows out of range")
        // The slice's gradient would be lost.
        precondition(!tensor.isRecorded, "rows of a recorded tensor are gathered")
        storage = tensor.storage
        firstElement = tensor.firstElement + rows.lowerBound * tensor.columns
        self.rows = rows.count
        columns = tensor.columns
    }

    /// One row of the elements of a range, counted row after row, sharing the tensor's storage.
    package init(sharing tensor: Tensor, elements: Range<Int>) {
        precondition(elements.lowerBound >= 0 && elements.upperBound <= tensor.rows * tensor.columns, "out of range")
        storage = tensor.storage
        firstElement = tensor.firstElement + elements.lowerBound
        rows = 1
        columns = elements.count
    }

    /// A tensor of the given values, row after row.
    package init(_ values: [Float], rows: Int, columns: Int) {
        precondition(values.count == rows * columns, "expected \(rows) x \(columns) values, found \(values.count)")
        self.init(Storage(byteCount: values.count * MemoryLayout<Float>.stride), rows: rows, columns: columns)
        values.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            pointer.update(from: start, count: values.count)
        }
    }

    /// A tensor of zeros.
    package init(zeroRows rows: Int, columns: Int) {
        self.init(Storage(byteCount: rows * columns * MemoryLayout<Float>.stride), rows: rows, columns: columns)
        fill(0)
    }

    /// The given rows, sharing this tensor's storage.
    package subscript(rows range: Range<Int>) -> Tensor { Tensor(sharing: self, rows: range) }

    /// Calls `body` with the values of one row.
    package func withRow<Result, Failure: Error>(
        _ row: Int, _ body: (Span<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(row >= 0 && row < rows, "row out of range")
        return try body(Span(_unsafeStart: UnsafePointer(pointer + row * columns), count: columns))
    }

    /// All values, row after row.
    package var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: rows * columns)) }

    /// The first element. Valid while the tensor lives; written only by the operation that creates the tensor.
    var pointer: UnsafeMutablePointer<Float> { storage.elements(Float.self) + firstElement }
}

extension Tensor {
    /// The value of a tensor [1, 1].
    package var scalar: Float {
        precondition(rows == 1 && columns == 1, "one value")
        return pointer[0]
    }

    /// Sets all values; only the operation that creates the tensor may call it.
    func fill(_ value: Float) { pointer.update(repeating: value, count: rows * columns) }

    /// A 64-bit hash of one row's bits, for comparing rows without keeping them.
    package func bitHash(row: Int) -> UInt64 {
        withRow(row) { values in
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for index in values.indices {
                hash = (hash ^ UInt64(values[index].bitPattern)) &* 0x9e37_79b9_7f4a_7c15
                hash ^= hash >> 29
            }
            return hash
        }
    }
}
