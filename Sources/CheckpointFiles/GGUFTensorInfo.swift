package import TensorCore

/// What a GGUF file says about one tensor; checked against the file when it was opened.
package struct GGUFTensorInfo: Sendable, Equatable {
    /// The tensor's name in the file, such as `blk.0.attn_q.weight`.
    package let name: String
    /// The format of its elements.
    package let dtype: DType
    /// One to four dimensions, the innermost (contiguous) one last; a file has them the other way round.
    package let shape: [Int]
    /// Where its bytes lie in the file.
    package let range: Range<Int>
}

extension DType {
    /// How many bytes a tensor of this shape takes, or nil if a row is not a whole number of blocks, a dimension is
    /// not positive, or the count does not fit.
    func byteCount(shape: [Int]) -> Int? {
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
}
