/// A linear layer: a weight matrix [rows, columns] and, in some architectures, a bias added to every row of the
/// product.
package struct Projection: Sendable {
    package let weights: Matrix
    /// [1, rows]; nil if the layer has none.
    package let bias: Tensor?
    /// The trained part of the layer if the weights are frozen below it; nil if there is none. The weights are not packed
    /// then.
    package let adapter: LowRankAdapter?

    package init(_ weights: Matrix, bias: Tensor? = nil, adapter: LowRankAdapter? = nil) {
        precondition(bias.map { $0.rows == 1 && $0.columns == weights.rows } ?? true, "one bias per row of weights")
        self.weights = weights
        self.bias = bias
        self.adapter = adapter
    }

    /// The same weights without a parameter's gradient node.
    package func detached() -> Projection {
        Projection(weights.detached(), bias: bias?.detached(), adapter: adapter?.detached())
    }
}
