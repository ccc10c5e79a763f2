import CTensorKernels

extension DType {
    /// The format's index in the C tables.
    var kernelFormat: Int {
        switch self {
        case .f32: CTK_F32
        case .f16: CTK_F16
        case .bf16: CTK_BF16
        case .q8_0: CTK_Q8_0
        case .q4_0: CTK_Q4_0
        case .q4_1: CTK_Q4_1
        }
    }

    /// Bytes of a row of `columns` elements as it lies in a file; `columns` is a multiple of ``elementsPerBlock``.
    public func bytesPerRow(columns: Int) -> Int { columns / elementsPerBlock * bytesPerBlock }

    /// Converts whole rows to this format, block by block, rounding to nearest.
    ///
    /// - Parameter elements: a multiple of ``elementsPerBlock`` finite values.
    package func quantize(_ elements: [Float]) -> [UInt8] {
        precondition(elements.count % elementsPerBlock == 0, "a row must consist of whole blocks")
        return [UInt8](unsafeUninitializedCapacity: bytesPerRow(columns: elements.count)) { bytes, count in
            ctk_quantize_row(Int32(kernelFormat), elements, elements.count, bytes.baseAddress)
            count = bytesPerRow(columns: elements.count)
        }
    }

    /// Looks through whole rows as they lie in a file.
    ///
    /// - Parameter largestScale: becomes the largest magnitude of a block's scale (of an element, where there are no
    ///   blocks), if that is larger.
    /// - Returns: the first block in which an element is not finite; nil where all are.
    package func firstNotFinite(_ bytes: UnsafeRawBufferPointer, largestScale: inout Float) -> Int? {
        let blocks = bytes.count / bytesPerBlock
        precondition(bytes.count == blocks * bytesPerBlock, "whole blocks")
        let block = ctk_first_not_finite(
            Int32(kernelFormat), bytes.baseAddress, blocks * elementsPerBlock, &largestScale)
        return block < blocks ? block : nil
    }

    /// The values of `columns` elements that lie in `bytes` as they lie in a file.
    package func dequantize(_ bytes: UnsafeRawBufferPointer, columns: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: columns) { elements, count in
            dequantize(bytes, into: UnsafeMutableBufferPointer(rebasing: elements[..<columns]))
            count = columns
        }
    }

    /// Writes the values of elements that lie in `bytes` as they lie in a file.
    func dequantize(_ bytes: UnsafeRawBufferPointer, into elements: UnsafeMutableBufferPointer<Float>) {
        precondition(bytes.count == bytesPerRow(columns: elements.count), "a row must consist of whole blocks")
        ctk_dequantize_row(Int32(kernelFormat), bytes.baseAddress, elements.count, elements.baseAddress)
    }
}
