import CTensorKernels

extension ComputeContext {
    /// silu(gate) * up, where silu(g) = g / (1 + e^-g): two of [n, hidden] -> [n, hidden]. Shazeer, "GLU Variants
    /// Improve Transformer", arXiv 2002.05202.
    package func swiglu(gate: Tensor, up: Tensor) -> Tensor {
        precondition(gate.rows == up.rows && gate.columns == up.columns, "gate and up must have one shape")
        let result = Tensor(rows: gate.rows, columns: gate.columns, on: self)
        pool.run(count: gate.rows, grain: 4) { rows in
            let offset = rows.lowerBound * gate.columns
            kernels.functions.pointee.swiglu(
                gate.pointer + offset, up.pointer + offset, rows.count * gate.columns, result.pointer + offset)
        }
        guard gate.isRecorded || up.isRecorded else { return result }
        return result.recorded(from: [gate, up], on: self) { gradient in
            let gateGradient = Tensor(rows: gate.rows, columns: gate.columns, on: self)
            let upGradient = Tensor(rows: gate.rows, columns: gate.columns, on: self)
            pool.run(count: gate.rows, grain: 4) { rows in
                let offset = rows.lowerBound * gate.columns
                kernels.functions.pointee.training.swiglu_gradient(
                    gate.pointer + offset, up.pointer + offset, gradient.pointer + offset, rows.count * gate.columns,
                    gateGradient.pointer + offset, upGradient.pointer + offset)
            }
            gate.node?.receive(gateGradient)
            up.node?.receive(upGradient)
        }
    }
}
