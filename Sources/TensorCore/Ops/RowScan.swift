import CTensorKernels

/// Scans of a row of logits, for choosing a token.
extension ComputeContext {
    /// Returns the column of row `row`'s largest value, ties to the lowest; nil if any value of the row is not finite.
    package func argmax(_ x: Tensor, row: Int) -> Int? {
        precondition(row >= 0 && row < x.rows, "row out of range")
        let index = kernels.functions.pointee.argmax(x.pointer + row * x.columns, x.columns)
        return index == Int(bitPattern: UInt.max) ? nil : index
    }

    /// The largest value of a row [1, columns] without NaN.
    package func maximum(_ x: Tensor) -> Float {
        precondition(x.rows == 1 && x.columns > 0, "a row")
        return kernels.functions.pointee.maximum(x.pointer, x.columns)
    }

    /// The sum of e^((x - maximum) / temperature) over a row [1, columns].
    package func exponentialSum(_ x: Tensor, maximum: Float, temperature: Float) -> Double {
        precondition(x.rows == 1, "a row")
        return kernels.functions.pointee.exponential_sum(x.pointer, x.columns, maximum, temperature)
    }

    /// Calls `body` with the columns of a row [1, columns] whose values are at least `floor`, in ascending order.
    package func forEachColumn(of x: Tensor, atLeast floor: Float, _ body: (_ column: Int, _ value: Float) -> Void) {
        precondition(x.rows == 1, "a row")
        for first in stride(from: 0, to: x.columns, by: Columns.count) {
            let values = x.pointer + first
            let count = min(Columns.count, x.columns - first)
            for index in Columns(bits: kernels.functions.pointee.at_least(values, count, floor)) {
                body(first + index, values[index])
            }
        }
    }

    /// A copy of a row [1, columns] with -infinity in the given columns.
    package func removing(_ columns: [Int32], from x: Tensor) -> Tensor {
        precondition(x.rows == 1, "a row")
        let result = Tensor(rows: 1, columns: x.columns, on: self)
        result.pointer.update(from: x.pointer, count: x.columns)
        for column in columns {
            precondition(column >= 0 && column < x.columns, "column out of range")
            result.pointer[Int(column)] = -.infinity
        }
        return result
    }
}

/// A set of 64 columns as a kernel returns it: one bit per column.
struct Columns: Sequence, IteratorProtocol {
    var bits: UInt64

    static let count = UInt64.bitWidth

    mutating func next() -> Int? {
        guard bits != 0 else { return nil }
        defer { bits &= bits - 1 }
        return bits.trailingZeroBitCount
    }
}
