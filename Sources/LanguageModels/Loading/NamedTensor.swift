package import TensorCore

/// Weights in f32 with Hugging Face's name, which share storage with their model.
package struct NamedTensor: Sendable {
    package let name: String
    /// [rows, columns]; a vector is one row.
    package let values: Tensor

    private let isVector: Bool

    /// - Parameter isVector: whether it is a vector; by default, if it is one row.
    package init(name: String, values: Tensor, isVector: Bool? = nil) {
        self.name = name
        self.values = values
        self.isVector = isVector ?? (values.rows == 1)
    }

    /// Whether it belongs to the model's exit block.
    package var isInExitBlock: Bool { name.hasPrefix(TensorTable.exitBlockPrefix) }

    /// The shape in a file: a vector has one dimension.
    package var shape: [Int] { isVector ? [values.columns] : [values.rows, values.columns] }
}
