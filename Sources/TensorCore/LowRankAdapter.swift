/// The trained part of a linear layer whose weights W are frozen: y = W x + scale * up (down x). Hu et al., "LoRA",
/// arXiv 2106.09685.
package struct LowRankAdapter: Sendable {
    /// A of the paper: [rank, columns of W].
    package let down: Tensor
    /// B of the paper: [rows of W, rank].
    package let up: Tensor
    /// alpha / rank, or alpha / sqrt(rank).
    package let scale: Float

    package init(down: Tensor, up: Tensor, scale: Float) {
        precondition(down.rows == up.columns, "matrices of one rank")
        self.down = down
        self.up = up
        self.scale = scale
    }

    /// The same values without parameters' gradient nodes.
    package func detached() -> LowRankAdapter {
        LowRankAdapter(down: down.detached(), up: up.detached(), scale: scale)
    }
}

extension ComputeContext {
    /// result + scale * up (down x).
    ///
    /// - Parameter recomputed: recomputes x in the backward pass, so that x need not be kept.
    func adding(_ adapter: LowRankAdapter, of x: Tensor, to result: Tensor, recomputed: RecomputedTensor?) -> Tensor {
        let reduced = scaled(linear(x, adapter.down, recomputed: recomputed), by: adapter.scale)
        return linear(reduced, adapter.up, addingTo: result)
    }
}
