import CTensorKernels

extension ComputeContext {
    /// e^x / sum(e^x), row by row: [n, columns] -> [n, columns].
    package func softmax(_ x: Tensor) -> Tensor {
        let result = Tensor(rows: x.rows, columns: x.columns, on: self)
        result.pointer.update(from: x.pointer, count: x.rows * x.columns)
        for row in 0..<x.rows {
            kernels.functions.pointee.softmax(result.pointer + row * x.columns, x.columns)
        }
        return result
    }
}
