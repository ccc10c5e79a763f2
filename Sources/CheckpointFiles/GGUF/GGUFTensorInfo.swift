package import TensorCore

/// A GGUF file's description of one tensor, checked against the file when it was opened.
package struct GGUFTensorInfo: Sendable, Equatable {
    /// The tensor's name in the file, such as `blk.0.attn_q.weight`.
    package let name: String
    /// The element format.
    package let dtype: DType
    /// One to four dimensions, the innermost (contiguous) one last; the file stores them in reverse order.
    package let shape: [Int]
    /// The number of its file, 0 unless the model is split.
    package let file: Int
    /// The tensor's byte range in the file.
    package let range: Range<Int>

    /// The tensor in a list of the file's contents.
    package var listed: ListedTensor {
        ListedTensor(name: name, format: dtype.rawValue, dtype: dtype, shape: shape, byteCount: range.count)
    }
}

extension DType {
    /// The number of bytes that a tensor of this shape takes; nil if a row is not a whole number of blocks, a dimension
    /// is not positive, or the count overflows.
    func byteCount(shape: [Int]) -> Int? {
        CheckpointFiles.byteCount(shape: shape, elementsPerBlock: elementsPerBlock, bytesPerBlock: bytesPerBlock)
    }
}

/// The number of bytes of a tensor in blocks; nil if a row is not a whole number of blocks, a dimension is not
/// positive, or the count overflows.
func byteCount(shape: [Int], elementsPerBlock: Int, bytesPerBlock: Int) -> Int? {
    guard let columns = shape.last, columns.isMultiple(of: elementsPerBlock) else { return nil }
    var total = bytesPerBlock
    for (index, dimension) in shape.enumerated() {
        guard dimension > 0 else { return nil }
        let factor = index == shape.count - 1 ? dimension / elementsPerBlock : dimension
        let (product, overflow) = total.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        total = product
    }
    return total
}
