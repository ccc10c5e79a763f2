import CTensorKernels

extension DType {
    /// Bytes of a row of `columns` elements in a file; `columns` is a multiple of ``elementsPerBlock``.
    public func bytesPerRow(columns: Int) -> Int { columns / elementsPerBlock * bytesPerBlock }

    /// Converts whole rows to this format, block by block, rounding to nearest.
    ///
    /// - Parameters:
    ///   - elements: a multiple of ``elementsPerBlock`` finite values.
    ///   - importance: the weight of each element's squared error; the same for all if nil. Formats without a search
    ///     for scales ignore it.
    package func quantize(_ elements: [Float], importance: [Float]? = nil) -> [UInt8] {
        precondition(elements.count % elementsPerBlock == 0, "a row must consist of whole blocks")
        return [UInt8](unsafeUninitializedCapacity: bytesPerRow(columns: elements.count)) { bytes, count in
            if let importance {
                precondition(importance.count == elements.count, "a weight for each element")
                ctk_quantize_row(Int32(kernelFormat), elements, importance, elements.count, bytes.baseAddress)
            } else {
                ctk_quantize_row(Int32(kernelFormat), elements, nil, elements.count, bytes.baseAddress)
            }
            count = bytesPerRow(columns: elements.count)
        }
    }

    /// Whether this format can hold each element exactly.
    package func holds(_ elements: [Float]) -> Bool {
        guard !isQuantized, elements.allSatisfy(\.isFinite) else { return false }
        let restored = quantize(elements).withUnsafeBytes { dequantize($0, columns: elements.count) }
        return zip(restored, elements).allSatisfy { $0.bitPattern == $1.bitPattern }
    }

    /// Searches whole rows in their file format for elements that are not finite.
    ///
    /// - Returns: the first block with an element that is not finite; nil if all are finite.
    package func firstNotFinite(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let blocks = bytes.count / bytesPerBlock
        precondition(bytes.count == blocks * bytesPerBlock, "whole blocks")
        let block = ctk_first_not_finite(Int32(kernelFormat), bytes.baseAddress, blocks * elementsPerBlock)
        return block < blocks ? block : nil
    }

    /// Returns the values of `columns` elements, given in their file format.
    package func dequantize(_ bytes: UnsafeRawBufferPointer, columns: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: columns) { elements, count in
            dequantize(bytes, into: UnsafeMutableBufferPointer(rebasing: elements[..<columns]))
            count = columns
        }
    }

    /// Writes the values of elements, given in their file format, to `elements`.
    func dequantize(_ bytes: UnsafeRawBufferPointer, into elements: UnsafeMutableBufferPointer<Float>) {
        precondition(bytes.count == bytesPerRow(columns: elements.count), "a row must consist of whole blocks")
        ctk_dequantize_row(Int32(kernelFormat), bytes.baseAddress, elements.count, elements.baseAddress)
    }
}
