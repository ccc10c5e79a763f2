import TensorCore

/// Checks that a tensor's elements fit the range of the format they are written in.
///
/// It scans the converted rows rather than the source: they are fewer bytes, and this also covers rows copied
/// unchanged.
struct FormatRange {
    private let dtype: DType
    private var largestScale: Float = 0

    init(_ dtype: DType) { self.dtype = dtype }

    /// The index of the first element, or of the first element of the first block, that is not finite in the written
    /// rows; nil if all are finite.
    mutating func firstNotFinite(_ rows: [UInt8]) -> Int? {
        rows.withUnsafeBytes { dtype.firstNotFinite($0, largestScale: &largestScale) }.map {
            $0 * dtype.elementsPerBlock
        }
    }

    /// Whether all scales are so small that F16 rounds them by more than 3 %, or to 0. A few such blocks do not matter
    /// next to others, but a tensor made only of them would be lost. (Where blocks have several scales, the smallest
    /// F16 number would still have multiples; quantizers write 0 when too few of them are left.)
    var isTooCoarse: Bool { dtype.hasHalves && largestScale * Float(dtype.scaleSteps) < 0x1p-20 }

    /// Throws unless the tensor is all zeros, which every format can hold.
    func checkThatAllAreZero(_ tensor: StoredTensor) throws(CheckpointError) {
        var largest: Float = 0
        tensor.withBytes { bytes in
            bytes.withUnsafeBytes { bytes in
                let rowByteCount = tensor.dtype.bytesPerRow(columns: tensor.columns)
                for row in 0..<tensor.rows {
                    let stored = UnsafeRawBufferPointer(rebasing: bytes[row * rowByteCount..<(row + 1) * rowByteCount])
                    largest = tensor.dtype.dequantize(stored, columns: tensor.columns).reduce(largest) {
                        max($0, abs($1))
                    }
                }
            }
        }
        guard largest > 0 else { return }
        let bound = 0x1p-20 * dtype.largestElement / Self.largestHalf / Float(dtype.scaleSteps)
        throw failure(
            tensor,
            expected: """
                an element of at least \(bound) in magnitude, since \(dtype.rawValue) loses a tensor of smaller ones
                """, found: "\(largest) as the largest")
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
