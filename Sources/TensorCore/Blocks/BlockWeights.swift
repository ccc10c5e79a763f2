/// The weights and constants of one transformer block: pre-norm attention with RoPE, and a gated MLP. Touvron et al.,
/// arXiv 2302.13971. Biases, norms of heads and norms of the summands are optional.
///
/// A class, so that using it changes the reference count of one object instead of each weight's.
package final class BlockWeights: Sendable {
    /// The weights of attention.
    package struct Attention: Sendable {
        package var norm: RMSNorm
        package var query: Projection
        package var key: Projection
        package var value: Projection
        /// The norms of each head of queries and keys, in architectures that have them.
        package var queryNorm: RMSNorm?
        package var keyNorm: RMSNorm?
        /// A factor of queries. Attention divides scores by sqrt(headDimension); another factor of the scores is one
        /// of the queries.
        package var queryScale: Float
        package var rule: PositionRule
        package var output: Projection
        package var residual: Residual

        package init(
            norm: RMSNorm, query: Projection, key: Projection, value: Projection, queryNorm: RMSNorm?,
            keyNorm: RMSNorm?, queryScale: Float, rule: PositionRule, output: Projection, residual: Residual
        ) {
            self.norm = norm
            self.query = query
            self.key = key
            self.value = value
            self.queryNorm = queryNorm
            self.keyNorm = keyNorm
            self.queryScale = queryScale
            self.rule = rule
            self.output = output
            self.residual = residual
        }
    }

    /// The weights of the MLP.
    package struct MLP: Sendable {
        package var norm: RMSNorm
        package var gate: Projection
        package var up: Projection
        package var down: Projection
        package var activation: GatedActivation
        package var residual: Residual

        package init(
            norm: RMSNorm, gate: Projection, up: Projection, down: Projection, activation: GatedActivation,
            residual: Residual
        ) {
            self.norm = norm
            self.gate = gate
            self.up = up
            self.down = down
            self.activation = activation
            self.residual = residual
        }
    }

    /// How attention and the MLP add to the residual stream: x + scale * norm(summand).
    package struct Residual: Sendable {
        /// The norm of the summand, in architectures that have one.
        package let norm: RMSNorm?
        /// The factor of the summand.
        package let scale: Float

        package init(norm: RMSNorm?, scale: Float) {
            self.norm = norm
            self.scale = scale
        }

        /// Whether the summand is changed before it is added.
        package var changes: Bool { norm != nil || scale != 1 }
    }

    package let attention: Attention
    package let mlp: MLP

    package init(attention: Attention, mlp: MLP) {
        self.attention = attention
        self.mlp = mlp
    }
}

extension BlockWeights {
    /// The same weights without parameters' gradient nodes.
    package func detached() -> BlockWeights {
        var (attention, mlp) = (attention, mlp)
        attention.norm = attention.norm.detached()
        attention.query = attention.query.detached()
        attention.key = attention.key.detached()
        attention.value = attention.value.detached()
        attention.queryNorm = attention.queryNorm?.detached()
        attention.keyNorm = attention.keyNorm?.detached()
        attention.output = attention.output.detached()
        attention.residual = attention.residual.detached()
        mlp.norm = mlp.norm.detached()
        mlp.gate = mlp.gate.detached()
        mlp.up = mlp.up.detached()
        mlp.down = mlp.down.detached()
        mlp.residual = mlp.residual.detached()
        return BlockWeights(attention: attention, mlp: mlp)
    }
}

extension BlockWeights.Residual {
    fileprivate func detached() -> Self { Self(norm: norm?.detached(), scale: scale) }
}
