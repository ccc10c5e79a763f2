extension ComputeContext {
    /// Computes `body(x)` and keeps only x and the result in memory; the backward pass runs `body` again. Chen et al.,
    /// "Training Deep Nets with Sublinear Memory Cost" (arXiv 1604.06174), which calls recomputation checkpointing.
    ///
    /// - Parameter body: returns the same result for the same x each time. It must capture no recorded tensors except
    ///   parameters.
    package func recomputed(_ x: Tensor, _ body: @escaping (_ x: Tensor) -> Tensor) -> Tensor {
        let result = body(x.detached())
        guard x.isRecorded || result.isRecorded else { return result }
        return result.detached().recorded(from: [x], on: self) { [input = x.node, x = x.detached()] gradient in
            let leaf = input == nil ? x : self.leaf(x)
            body(leaf).backward(from: gradient)
            if let gradient = leaf.node?.gradient { input?.receive(gradient) }
        }
    }
}
