import TensorCore

/// Converts rows of a tensor to another format.
struct RowConversion {
    let from: DType
    let to: DType
    let columns: Int
    /// The weight of each column's squared error; nil if all are equal.
    let importance: [Float]?

    /// Converted rows.
    struct Result {
        /// The rows in their new format, one after the other.
        var bytes: [UInt8]
        /// What they lost; zeros if they were copied.
        var error = QuantizationError()
        /// The first row and block with an element that is not finite, before or after.
        var notFinite: (row: Int, column: Int)?
    }

    /// Converts rows, or copies them if the formats are equal.
    ///
    /// - Parameter pool: the threads that share the rows; nil for the caller's alone.
    func convert(_ rows: [UnsafeRawBufferPointer], on pool: ThreadPool?) -> Result {
        from == to ? copy(rows) : requantize(rows, on: pool)
    }

    private func copy(_ rows: [UnsafeRawBufferPointer]) -> Result {
        var result = Result(bytes: [])
        result.bytes.reserveCapacity(rows.count * to.bytesPerRow(columns: columns))
        for row in rows { result.bytes.append(contentsOf: row) }
        if let block = result.bytes.withUnsafeBytes({ to.firstNotFinite($0) }) {
            let element = block * to.elementsPerBlock
            result.notFinite = (element / columns, element % columns)
        }
        return result
    }

    private func requantize(_ rows: [UnsafeRawBufferPointer], on pool: ThreadPool?) -> Result {
        let rowByteCount = to.bytesPerRow(columns: columns)
        var errors = [QuantizationError](repeating: QuantizationError(), count: rows.count)
        var result = Result(bytes: [])
        result.bytes = [UInt8](unsafeUninitializedCapacity: rows.count * rowByteCount) { bytes, count in
            errors.withUnsafeMutableBufferPointer { errors in
                let bytes = UnsafeMutableRawBufferPointer(bytes)
                func convert(_ range: Range<Int>) {
                    for row in range {
                        let elements = from.dequantize(rows[row], columns: columns)
                        let converted = to.quantize(elements, importance: importance)
                        let place = UnsafeMutableRawBufferPointer(
                            rebasing: bytes[row * rowByteCount..<(row + 1) * rowByteCount])
                        place.copyBytes(from: converted)
                        let restored = to.dequantize(UnsafeRawBufferPointer(place), columns: columns)
                        errors[row].add(elements, restored, importance: importance)
                    }
                }
                guard let pool else { return convert(0..<rows.count) }
                pool.run(count: rows.count, grain: max(1, Self.elementsAtOnce / columns), convert)
            }
            count = rows.count * rowByteCount
        }
        for (row, error) in errors.enumerated() {
            result.error.add(error)
            guard !error.isFinite, result.notFinite == nil else { continue }
            let converted = result.bytes[row * rowByteCount..<(row + 1) * rowByteCount]
            result.notFinite = (row, column(ofNotFinite: rows[row], converted))
        }
        return result
    }

    /// The elements that a thread converts before it looks for others' work: a millisecond of a search for scales.
    private static let elementsAtOnce = 4096

    /// The first column of the first block with an element that is not finite, before the conversion or after it.
    private func column(ofNotFinite row: UnsafeRawBufferPointer, _ converted: ArraySlice<UInt8>) -> Int {
        let elements = from.dequantize(row, columns: columns)
        let block =
            elements.firstIndex { !$0.isFinite }.map { $0 / to.elementsPerBlock }
            ?? converted.withUnsafeBytes { to.firstNotFinite($0) } ?? 0
        return block * to.elementsPerBlock
    }
}
