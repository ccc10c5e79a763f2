/// A trainable matrix or vector (one row) of weights: f32 values and their accumulated gradient.
///
/// Only an optimizer changes the values. It does so in place, so that everything that shares their storage sees the
/// change.
package final class Parameter: Sendable {
    /// Hugging Face's name of the tensor.
    package let name: String
    /// The values, as a leaf: operations on them are recorded.
    package let values: Tensor
    /// The context of its operations.
    package let compute: ComputeContext

    /// Creates a parameter that shares the storage of the given values.
    package init(name: String, _ values: Tensor, on compute: ComputeContext) {
        self.name = name
        self.compute = compute
        self.values = compute.leaf(values)
    }

    /// Number of rows; 1 for a vector.
    package var rows: Int { values.rows }
    /// Values per row.
    package var columns: Int { values.columns }
    /// Number of values.
    package var count: Int { rows * columns }

    /// The gradient accumulated since it was last discarded; nil if there is none. [rows, columns]
    package var gradient: Tensor? { values.node?.gradient }

    /// Discards the gradient.
    package func discardGradient() { values.node?.discardGradient() }
}
