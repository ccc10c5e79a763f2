import TensorCore

/// Checks that a tensor's elements fit the range of the format they are written in.
struct FormatRange {
    private let dtype: DType

    init(_ dtype: DType) { self.dtype = dtype }

    /// Throws if most of a tensor was lost because its elements are too small for the format.
    func checkLoss(_ error: QuantizationError, of tensor: StoredTensor) throws(CheckpointError) {
        // No format loses half as much if its scales are in range.
        guard error.relative > 0.5 else { return }
        guard dtype.hasHalves else {
            throw failure(
                tensor,
                expected: "larger elements, since \(dtype.rawValue) would lose most of the tensor",
                found: "\(largestElement(of: tensor)) as the largest")
        }
        // From here on, F16 rounds scales by at most 3 %.
        let bound = 0x1p-20 * dtype.largestElement / Self.largestHalf / Float(dtype.scaleSteps)
        throw failure(
            tensor,
            expected: """
                an element of at least \(bound) in magnitude, since \(dtype.rawValue) loses a tensor of smaller ones
                """, found: "\(largestElement(of: tensor)) as the largest")
    }

    private func largestElement(of tensor: StoredTensor) -> Float {
        tensor.withBytes { bytes in
            bytes.withUnsafeBytes { bytes in
                let rowByteCount = tensor.dtype.bytesPerRow(columns: tensor.columns)
                return (0..<tensor.rows).reduce(0) { largest, row in
                    let stored = UnsafeRawBufferPointer(rebasing: bytes[row * rowByteCount..<(row + 1) * rowByteCount])
                    return tensor.dtype.dequantize(stored, columns: tensor.columns).reduce(largest) {
                        max($0, abs($1))
                    }
                }
            }
        }
    }

    /// The error for a row that cannot be written.
    ///
    /// - Parameters:
    ///   - elements: the row's elements.
    ///   - column: the first column of the block that is not finite.
    func failure(_ tensor: StoredTensor, _ elements: [Float], row: Int, column: Int) -> CheckpointError {
        let block = elements[column..<column + dtype.elementsPerBlock]
        func place(_ column: Int) -> String { "in row \(row), column \(column)" }
        if let wrong = block.firstIndex(where: { !$0.isFinite }) {
            return failure(tensor, expected: "finite elements", found: "\(elements[wrong]) \(place(wrong))")
        }
        let largest = block.indices.max { abs(elements[$0]) < abs(elements[$1]) } ?? column
        if dtype.hasMinimum, let lowest = block.min(), let highest = block.max() {
            return failure(
                tensor,
                expected: """
                    blocks whose smallest element is at most \(Self.largestHalf * Float(dtype.scaleSteps)) in \
                    magnitude and whose range is at most \(dtype.largestElement), as \(dtype.rawValue) can hold
                    """, found: "\(lowest) to \(highest) \(place(column))")
        }
        return failure(
            tensor, expected: "elements up to \(dtype.largestElement) in magnitude, as \(dtype.rawValue) can hold",
            found: "\(elements[largest]) \(place(largest))")
    }

    private static let largestHalf = Float(Float16.greatestFiniteMagnitude)

    private func failure(_ tensor: StoredTensor, expected: String, found: String) -> CheckpointError {
        CheckpointError(
            file: tensor.file ?? tensor.name, name: "tensor \(tensor.name.quoted)", expected: expected, found: found)
    }
}
