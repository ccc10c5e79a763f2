package import TensorCore

/// Weights in f32 with Hugging Face's name, which share storage with their model.
package struct NamedTensor: Sendable {
    package let name: String
    /// [rows, columns]; a vector is one row.
    package let values: Tensor

    package init(name: String, values: Tensor) {
        self.name = name
        self.values = values
    }

    /// The shape in a file: a vector has one dimension.
    package var shape: [Int] { values.rows == 1 ? [values.columns] : [values.rows, values.columns] }
}
