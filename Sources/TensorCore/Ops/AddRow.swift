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
        let groups = groups(ofRows: x.rows)
        return result.recorded(from: [x, row], on: self) { [x = x.node, row = row.node] gradient in
            row?.accumulate(groups) { addColumnSums(of: gradient[rows: $0], into: $1, adding: $2) }
            x?.receive(gradient)
        }
    }

    /// target = the sum of x's rows, or target += that sum.
    private func addColumnSums(of x: Tensor, into target: Tensor, adding: Bool) {
        let chunks = Chunks(rows: x.rows)
        let sums = ChunkSums(chunks, columns: x.columns, on: self)
        pool.run(count: chunks.count, grain: 1) { range in
            for chunk in range {
                for row in chunks[chunk] {
                    kernels.functions.pointee.add(x.pointer + row * x.columns, x.columns, sums.pointer(chunk))
                }
            }
        }
        sums.total(of: 0..<chunks.count, into: target, adding: adding)
    }
}
