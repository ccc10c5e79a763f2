import CTensorKernels

extension ComputeContext {
    /// c = op(a) op(b), or c += it: [m, k] by [k, n] -> [m, n], where op turns a matrix over if it is `transposed`.
    ///
    /// Each element is summed in the order of k: a row of c does not depend on its company.
    package func denseProduct(
        _ a: Tensor, transposed aIsTransposed: Bool, _ b: Tensor, transposed bIsTransposed: Bool, into c: Tensor,
        adding: Bool
    ) {
        let depth = aIsTransposed ? a.rows : a.columns
        precondition(
            c.rows == (aIsTransposed ? a.columns : a.rows) && c.columns == (bIsTransposed ? b.rows : b.columns)
                && depth == (bIsTransposed ? b.columns : b.rows), "matrices that fit")
        let multiply = kernels.functions.pointee.training.multiply
        pool.run(count: c.columns, grain: 64) { columns in
            var (rows, stride) = (UnsafePointer(b.pointer + columns.lowerBound), b.columns)
            let turned = bIsTransposed ? memory.take(byteCount: depth * columns.count * 4) : nil
            if let turned {
                let elements = turned.elements(Float.self)
                for column in columns {
                    for k in 0..<depth {
                        elements[k * columns.count + column - columns.lowerBound] = b.pointer[column * depth + k]
                    }
                }
                (rows, stride) = (UnsafePointer(elements), columns.count)
            }
            multiply?(
                a.pointer, aIsTransposed ? 1 : a.columns, aIsTransposed ? a.columns : 1, rows, stride, c.rows,
                columns.count, depth, adding, c.pointer + columns.lowerBound, c.columns)
            withExtendedLifetime(turned) {}
        }
    }
}
