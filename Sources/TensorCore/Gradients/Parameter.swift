/// A matrix of weights in training, or a vector of them (one row): f32 values and the gradient gathered for them.
///
/// An optimizer alone changes its values, in place, so that whatever shares their storage sees the new ones.
public final class Parameter: Sendable {
    /// Hugging Face's name of the tensor.
    public let name: String
    /// The values, as a leaf: operations on them are recorded.
    package let values: Tensor
    /// What it is computed with.
    package let compute: ComputeContext

    /// A parameter of the given values, whose storage it shares.
    package init(name: String, _ values: Tensor, on compute: ComputeContext) {
        self.name = name
        self.compute = compute
        self.values = compute.leaf(values)
    }

    /// Number of rows; 1 for a vector.
    public var rows: Int { values.rows }
    /// Values per row.
    public var columns: Int { values.columns }
    /// Number of values.
    public var count: Int { rows * columns }

    /// What has been gathered since it was last discarded; nil where that is nothing. [rows, columns]
    package var gradient: Tensor? { values.node?.gradient }

    /// Forgets the gradient.
    package func discardGradient() { values.node?.discardGradient() }
}
