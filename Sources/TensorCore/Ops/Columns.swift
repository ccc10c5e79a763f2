extension ComputeContext {
    /// Concatenates the rows of two tensors: [n, a] and [n, b] -> [n, a + b].
    package func joined(_ left: Tensor, _ right: Tensor) -> Tensor {
        precondition(left.rows == right.rows, "tensors of as many rows")
        let result = Tensor(rows: left.rows, columns: left.columns + right.columns, on: self)
        for row in 0..<left.rows {
            let start = result.pointer + row * result.columns
            start.update(from: left.pointer + row * left.columns, count: left.columns)
            (start + left.columns).update(from: right.pointer + row * right.columns, count: right.columns)
        }
        return result
    }

    /// Returns some columns of each row: [n, columns] -> [n, ids.count].
    package func columns(_ ids: [Int32], of x: Tensor) -> Tensor {
        let result = Tensor(rows: x.rows, columns: ids.count, on: self)
        for row in 0..<x.rows {
            for (column, id) in ids.enumerated() {
                precondition(id >= 0 && id < x.columns, "column out of range")
                result.pointer[row * ids.count + column] = x.pointer[row * x.columns + Int(id)]
            }
        }
        return result
    }

    /// Puts the values of a row into the columns `ids` of a wider one, and `value` into its others: [1, columns].
    package func spread(_ x: Tensor, row: Int, to ids: [Int32], of columns: Int, else value: Float) -> Tensor {
        precondition(ids.count == x.columns && row >= 0 && row < x.rows, "a column for each value")
        let result = Tensor(rows: 1, columns: columns, on: self)
        result.fill(value)
        for (column, id) in ids.enumerated() {
            precondition(id >= 0 && id < columns, "column out of range")
            result.pointer[Int(id)] = x.pointer[row * x.columns + column]
        }
        return result
    }
}
