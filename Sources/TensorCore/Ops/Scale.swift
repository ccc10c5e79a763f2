import CTensorKernels

extension ComputeContext {
    /// factor x, element by element: [n, width] -> [n, width]. With a factor of 1, x itself.
    package func scaled(_ x: Tensor, by factor: Float) -> Tensor {
        guard factor != 1 else { return x }
        let result = copy(x)
        pool.run(count: x.rows * x.columns, grain: 1 << 14) { elements in
            kernels.functions.pointee.scale(factor, elements.count, result.pointer + elements.lowerBound)
        }
        guard x.isRecorded else { return result }
        return result.recorded(from: [x], on: self) { [x = x.node] gradient in
            x?.receive(scaled(gradient, by: factor))
        }
    }
}
