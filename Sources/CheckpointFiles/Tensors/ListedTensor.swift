package import TensorCore

/// A tensor in a list of a file's contents. Unlike a ``StoredTensor``, it may have any format and shape.
package struct ListedTensor: Sendable, Equatable {
    /// The tensor's name in the file.
    package let name: String
    /// The name of the element format, such as `Q4_K` or `I64`.
    package let format: String
    /// The format in this package; nil if it is not supported.
    package let dtype: DType?
    /// The dimensions, the innermost (contiguous) one last; none for a single number.
    package let shape: [Int]
    /// The size in bytes.
    package let byteCount: Int
}
