import CTensorKernels

extension ComputeContext {
    /// Returns rows of x in the given order; rows may repeat: [n, columns] -> [rows.count, columns].
    package func gather(_ x: Tensor, rows: [Int32]) -> Tensor { gather(x, rows: rows.span) }

    func gather(_ x: Tensor, rows: Span<Int32>) -> Tensor {
        let result = Tensor(rows: rows.count, columns: x.columns, on: self)
        for index in rows.indices {
            let row = rows[index]
            precondition(row >= 0 && row < x.rows, "row \(row) of \(x.rows)")
            (result.pointer + index * x.columns).update(from: x.pointer + Int(row) * x.columns, count: x.columns)
        }
        guard let input = x.node else { return result }
        let rows = rows.indices.map { rows[$0] }
        let groups = groups(ofRows: rows.count)
        return result.recorded(from: [x], on: self) { gradient in
            input.accumulate(groups) { range, sum, isAdding in
                if !isAdding { sum.fill(0) }
                addRows(gradient[rows: range], to: rows[range], of: sum)
            }
        }
    }

    /// Returns x with rows `rows`, which must all differ, replaced by those of y: [n, columns], [rows.count, columns]
    /// -> [n, columns].
    package func scatter(_ y: Tensor, rows: [Int32], into x: Tensor) -> Tensor {
        precondition(y.rows == rows.count && y.columns == x.columns, "a row for each that is replaced")
        let result = copy(x)
        for (index, row) in rows.enumerated() {
            precondition(row >= 0 && row < x.rows, "row \(row) of \(x.rows)")
            (result.pointer + Int(row) * x.columns).update(from: y.pointer + index * x.columns, count: x.columns)
        }
        guard x.isRecorded || y.isRecorded else { return result }
        return result.recorded(from: [x, y], on: self) { [x = x.node, y = y.node] gradient in
            y?.receive(gather(gradient, rows: rows))
            for row in rows { gradient[rows: Int(row)..<Int(row) + 1].fill(0) }
            x?.receive(gradient)
        }
    }

    /// sum[rows[i]] += y[i], in ascending order of i. Threads divide the columns, so each adds in that order and no two
    /// threads write to the same element.
    private func addRows(_ y: Tensor, to rows: ArraySlice<Int32>, of sum: Tensor) {
        pool.run(count: y.columns, grain: 64) { columns in
            for (index, row) in rows.enumerated() {
                kernels.functions.pointee.add(
                    y.pointer + index * y.columns + columns.lowerBound, columns.count,
                    sum.pointer + Int(row) * sum.columns + columns.lowerBound)
            }
        }
    }
}
