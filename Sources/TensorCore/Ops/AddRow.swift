import CTensorKernels

extension ComputeContext {
    /// Adds one row, such as a bias, to every row of x: [n, columns], [1, columns] -> [n, columns].
    package func add(_ x: Tensor, row: Tensor) -> Tensor {
        precondition(row.rows == 1 && row.columns == x.columns, "one summand per column")
        let result = copy(x)
        pool.run(count: x.rows, grain: 16) { rows in
            for index in rows {
                kernels.functions.pointee.add(row.pointer, x.columns, result.pointer + index * x.columns)
            }
        }
        guard x.isRecorded || row.isRecorded else { return result }
        return result.recorded(from: [x, row], on: self) { [x = x.node, row = row.node] gradient in
            row?.accumulate { addColumnSums(of: gradient, into: $0, adding: $1) }
            x?.receive(gradient)
        }
    }

    /// target = the sum of x's rows, or target += that sum.
    private func addColumnSums(of x: Tensor, into target: Tensor, adding: Bool) {
        let sums = ChunkSums(rows: x.rows, columns: x.columns, on: self)
        let chunks = Chunks(rows: x.rows)
        pool.run(count: chunks.count, grain: 1) { range in
            for chunk in range {
                for row in chunks[chunk] {
                    kernels.functions.pointee.add(x.pointer + row * x.columns, x.columns, sums.pointer(chunk))
                }
            }
        }
        sums.total(into: target, adding: adding)
    }
}
