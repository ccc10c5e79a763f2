/// A trainable matrix or vector (one row) of weights: f32 values and their accumulated gradient.
///
/// Only an optimizer changes the values. It does so in place, so that everything that shares their storage sees the
/// change.
package final class Parameter: Sendable {
    /// Hugging Face's name of the tensor.
    package let name: String
    /// The values, as a leaf: operations on them are recorded.
    package let values: Tensor
    /// Whether it is a matrix, which weight decay shrinks, and not a vector.
    package let isMatrix: Bool
    /// The context of its operations.
    package let compute: ComputeContext

    /// Creates a parameter that shares the storage of the given values.
    ///
    /// - Parameter isMatrix: whether it is a matrix; by default, if it has several rows.
    package init(name: String, _ values: Tensor, isMatrix: Bool? = nil, on compute: ComputeContext) {
        self.name = name
        self.isMatrix = isMatrix ?? (values.rows > 1)
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

    /// Discards all gradients.
    package func discardGradient() { values.node?.discardGradient() }
}
