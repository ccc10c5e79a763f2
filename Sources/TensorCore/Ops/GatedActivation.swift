import CTensorKernels

/// The function of the gate in a gated linear unit. Shazeer, "GLU Variants Improve Transformer", arXiv 2002.05202.
package enum GatedActivation: String, Sendable {
    /// silu(g) = g / (1 + e^-g)
    case silu
    /// gelu(g) = g (1 + tanh(sqrt(2 / pi) (g + 0.044715 g^3))) / 2. Hendrycks and Gimpel, arXiv 1606.08415, section 2.
    case gelu
}

extension ComputeContext {
    /// activation(gate) * up: two of [n, hidden] -> [n, hidden]. Only SwiGLU has a gradient.
    func activated(gate: Tensor, up: Tensor, by activation: GatedActivation) -> Tensor {
        switch activation {
        case .silu: swiglu(gate: gate, up: up)
        case .gelu: geglu(gate: gate, up: up)
        }
    }

    /// gelu(gate) * up: two of [n, hidden] -> [n, hidden].
    package func geglu(gate: Tensor, up: Tensor) -> Tensor {
        precondition(gate.rows == up.rows && gate.columns == up.columns, "gate and up must have one shape")
        precondition(!gate.isRecorded && !up.isRecorded, "GeGLU is not trained")
        let result = Tensor(rows: gate.rows, columns: gate.columns, on: self)
        pool.run(count: gate.rows, grain: 4) { rows in
            let offset = rows.lowerBound * gate.columns
            kernels.functions.pointee.geglu(
                gate.pointer + offset, up.pointer + offset, rows.count * gate.columns, result.pointer + offset)
        }
        return result
    }
}

extension KernelTable {
    /// Writes activation(gate) * up of `count` elements to `result`.
    func activate(
        _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>, _ count: Int, _ result: UnsafeMutablePointer<Float>,
        by activation: GatedActivation
    ) {
        switch activation {
        case .silu: functions.pointee.swiglu(gate, up, count, result)
        case .gelu: functions.pointee.geglu(gate, up, count, result)
        }
    }
}
