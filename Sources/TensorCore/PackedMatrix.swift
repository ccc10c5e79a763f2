import CTensorKernels

/// A weight matrix [rows, columns], packed for one kernel table.
package struct PackedMatrix: Sendable {
    /// The format, the shape and the panels.
    package let layout: PanelLayout
    let storage: Storage

    /// Uses panels in memory, which may be longer, or in a file that was written for the same layout.
    package init(_ layout: PanelLayout, panels storage: Storage) {
        precondition(storage.byteCount >= layout.byteCount, "all panels of the matrix")
        self.layout = layout
        self.storage = storage
    }

    /// Packs a matrix, in parallel.
    ///
    /// - Parameters:
    ///   - file: the rows in their file format, one after the other.
    ///   - didPack: called every few megabytes with the range of `file` that will not be read again.
    package init(
        _ file: UnsafeRawBufferPointer, dtype: DType, rows: Int, columns: Int, on context: ComputeContext,
        didPack: (Range<Int>) -> Void = { _ in }
    ) {
        let layout = PanelLayout(dtype, rows: rows, columns: columns, for: context.kernels)
        precondition(file.count == rows * layout.rowBytes, "a matrix of whole rows")
        var packer = PanelPacker(layout, on: context)
        let portion = max(1, (4 << 20) / layout.panelBytes) * layout.panelRows * layout.rowBytes
        for start in stride(from: 0, to: file.count, by: portion) {
            let range = start..<min(start + portion, file.count)
            packer.append(UnsafeRawBufferPointer(rebasing: file[range]))
            didPack(range)
        }
        self = packer.finish()
    }

    package var dtype: DType { layout.dtype }
    package var rows: Int { layout.rows }
    package var columns: Int { layout.columns }
    var kernels: KernelTable { layout.kernels }
    var format: UnsafePointer<ctk_format_kernels> { layout.format }
    var panels: Int { layout.panels }

    /// Bytes of the packed weights.
    package var byteCount: Int { layout.byteCount }

    /// Lends the panels, one after the other, for the duration of a call.
    package func withPanels<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withBytes(body)
    }

    /// Dequantizes row `row` into `columns` floats at `out`.
    func unpack(row: Int, into out: UnsafeMutablePointer<Float>) {
        let panel = storage.address + row / layout.panelRows * layout.panelBytes
        format.pointee.unpack_row(panel, row % layout.panelRows, columns, out)
    }
}
