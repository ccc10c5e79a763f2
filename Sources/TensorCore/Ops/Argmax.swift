import CTensorKernels

extension ComputeContext {
    /// The column of row `row`'s largest value, ties to the lowest; nil where any value of the row is not finite.
    package func argmax(_ x: Tensor, row: Int) -> Int? {
        precondition(row >= 0 && row < x.rows, "row out of range")
        let index = kernels.functions.pointee.argmax(x.pointer + row * x.columns, x.columns)
        return index == Int(bitPattern: UInt.max) ? nil : index
    }
}
