import CTensorKernels

extension ComputeContext {
    /// x + y, element by element: two of [n, width] -> [n, width].
    package func add(_ x: Tensor, _ y: Tensor) -> Tensor {
        precondition(x.rows == y.rows && x.columns == y.columns, "summands must have one shape")
        let result = Tensor(rows: x.rows, columns: x.columns, on: self)
        result.pointer.update(from: x.pointer, count: x.rows * x.columns)
        kernels.functions.pointee.add(y.pointer, x.rows * x.columns, result.pointer)
        return result
    }
}
