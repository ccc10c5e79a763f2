import CTensorKernels

extension ComputeContext {
    /// x + y, element by element: two of [n, width] -> [n, width].
    package func add(_ x: Tensor, _ y: Tensor) -> Tensor {
        precondition(x.rows == y.rows && x.columns == y.columns, "summands must have one shape")
        let result = copy(x)
        accumulate(y, into: result, adding: true)
        guard x.isRecorded || y.isRecorded else { return result }
        return result.recorded(from: [x, y], on: self) { [x = x.node, y = y.node] gradient in
            // Each input needs its own memory, because it may add to it.
            if let y { y.receive(x == nil ? gradient : copy(gradient)) }
            x?.receive(gradient)
        }
    }

    /// target = source, or target += source, in parallel.
    func accumulate(_ source: Tensor, into target: Tensor, adding: Bool) {
        precondition(source.rows == target.rows && source.columns == target.columns, "tensors of one shape")
        pool.run(count: target.rows * target.columns, grain: 1 << 14) { elements in
            let (from, to) = (source.pointer + elements.lowerBound, target.pointer + elements.lowerBound)
            if adding {
                kernels.functions.pointee.add(from, elements.count, to)
            } else {
                to.update(from: from, count: elements.count)
            }
        }
    }

    /// Returns a copy of x in new memory.
    func copy(_ x: Tensor) -> Tensor {
        let result = Tensor(rows: x.rows, columns: x.columns, on: self)
        accumulate(x, into: result, adding: false)
        return result
    }
}
