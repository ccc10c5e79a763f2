import CTensorKernels

extension ComputeContext {
    /// x + down(activation(gate(norm(x))) * up(norm(x))): [n, width] -> [n, width]. Shazeer, "GLU Variants Improve
    /// Transformer", arXiv 2002.05202.
    ///
    /// - Parameter addsInput: whether x is added.
    package func gatedFeedForward(
        _ x: Tensor, norm: RMSNorm, gate: Projection, up: Projection, down: Projection,
        activation: GatedActivation = .silu, addsInput: Bool = true
    ) -> Tensor {
        if case (.packed(let gate), .packed(let up), .packed(let down), nil, nil, nil) = (
            gate.weights, up.weights, down.weights, gate.bias, up.bias, down.bias
        ) {
            return gatedFeedForward(
                x, norm: norm, gate: gate, up: up, down: down, activation: activation, addsInput: addsInput)
        }
        let (gated, upped) = linears(x, norm: norm, gate, up)
        let hidden = activated(gate: gated, up: upped, by: activation)
        // `hidden` is the widest tensor, and can be recomputed from two tensors that its own gradient keeps anyway.
        let recomputed = RecomputedTensor { [gate = gated.detached(), up = upped.detached()] in
            self.activated(gate: gate, up: up, by: activation)
        }
        return linear(
            hidden, down, addingTo: addsInput ? x : nil, recomputed: hidden.isRecorded ? recomputed : nil)
    }

    /// The same with packed weights, in one parallel region.
    package func gatedFeedForward(
        _ x: Tensor, norm: RMSNorm, gate: PackedMatrix, up: PackedMatrix, down: PackedMatrix,
        activation: GatedActivation = .silu, addsInput: Bool = true
    ) -> Tensor {
        precondition(gate.rows == up.rows && down.rows == x.columns, "weights of one feed-forward network")
        let rows = PreparedRows(x, norm: norm, for: gate, up, on: self)
        let gated = Tensor(rows: x.rows, columns: gate.rows, on: self)
        let upped = Tensor(rows: x.rows, columns: up.rows, on: self)
        let hidden = PreparedRows(gated, for: down, on: self)
        let result = Tensor(rows: x.rows, columns: x.columns, on: self)
        let job = FeedForwardJob(
            gate: PanelProduct(gate, rows, into: gated), up: PanelProduct(up, rows, into: upped),
            activation: ActivationStep(
                gate: gated.pointer, up: UnsafePointer(upped.pointer), rows: x.rows, columns: gate.rows,
                activation: activation, kernels: kernels),
            down: PanelProduct(down, hidden, into: result, addingTo: addsInput ? x : nil), rows: rows.preparation,
            hidden: hidden.preparation, gateGrain: grain(gate.panels), downGrain: grain(down.panels))
        withExtendedLifetime((rows, gated, upped, hidden)) { pool.run(job) }
        record(rows, multipliedBy: gate)
        record(rows, multipliedBy: up)
        record(hidden, multipliedBy: down)
        return result
    }
}

private struct FeedForwardJob: ParallelJob {
    let gate: PanelProduct
    let up: PanelProduct
    let activation: ActivationStep
    let down: PanelProduct
    let rows: RowPreparation
    let hidden: RowPreparation
    let gateGrain: Int
    let downGrain: Int

    func run(_ thread: inout RegionThread) {
        rows.share(in: &thread)
        thread.share(gate.panels, grain: gateGrain) { panels in
            gate.compute(panels: panels)
            up.compute(panels: panels)
            activation.compute(columns: gate.columns(of: panels))
        }
        hidden.share(in: &thread)
        thread.share(down.panels, grain: downGrain) { down.compute(panels: $0) }
    }
}

/// gate = activation(gate) * up, computed by the thread that has just computed these columns of both.
struct ActivationStep: @unchecked Sendable {
    let gate: UnsafeMutablePointer<Float>
    let up: UnsafePointer<Float>
    let rows: Int
    let columns: Int
    let activation: GatedActivation
    let kernels: KernelTable

    func compute(columns range: Range<Int>) {
        for row in 0..<rows {
            let offset = row * columns + range.lowerBound
            kernels.activate(gate + offset, up + offset, range.count, gate + offset, by: activation)
        }
    }
}
