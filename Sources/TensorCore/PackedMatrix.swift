import CTensorKernels

/// A weight matrix [rows, columns], packed for one kernel table.
package struct PackedMatrix: @unchecked Sendable {
    package let dtype: DType
    package let rows: Int
    package let columns: Int
    let kernels: KernelTable
    let format: UnsafePointer<ctk_format_kernels>
    let storage: Storage
    /// Panels of rows, the last of which may be padded.
    let panels: Int

    /// Bytes of the packed weights.
    package var byteCount: Int { storage.byteCount }

    /// Packs a matrix, in parallel.
    ///
    /// - Parameters:
    ///   - file: the rows in their file format, one after the other.
    ///   - didPack: called every few megabytes with the range of `file` that will not be read again.
    package init(
        _ file: UnsafeRawBufferPointer, dtype: DType, rows: Int, columns: Int, on context: ComputeContext,
        didPack: (Range<Int>) -> Void = { _ in }
    ) {
        precondition(
            rows > 0 && columns > 0 && columns % dtype.elementsPerBlock == 0
                && file.count == rows * dtype.bytesPerRow(columns: columns), "a matrix of whole blocks")
        self.dtype = dtype
        self.rows = rows
        self.columns = columns
        kernels = context.kernels
        let format = kernels.format(dtype)
        self.format = format
        let panelRows = format.pointee.panel_rows
        panels = (rows + panelRows - 1) / panelRows
        let panelBytes = format.pointee.panel_bytes(columns)
        let rowBytes = dtype.bytesPerRow(columns: columns)
        let storage = Storage(byteCount: panels * panelBytes)
        self.storage = storage
        let source = SendablePointer(file.baseAddress.unsafelyUnwrapped)
        let portion = max(1, (4 << 20) / panelBytes)
        for start in stride(from: 0, to: panels, by: portion) {
            context.pool.run(count: min(portion, panels - start), grain: max(1, (1 << 16) / panelBytes)) { range in
                for panel in range.lowerBound + start..<range.upperBound + start {
                    let first = panel * panelRows
                    format.pointee.pack(
                        source.address + first * rowBytes, min(panelRows, rows - first), columns,
                        storage.address + panel * panelBytes)
                }
            }
            didPack(start * panelRows * rowBytes..<min((start + portion) * panelRows, rows) * rowBytes)
        }
    }

    /// Dequantizes row `row` into `columns` floats at `out`.
    func unpack(row: Int, into out: UnsafeMutablePointer<Float>) {
        let panel = storage.address + row / format.pointee.panel_rows * format.pointee.panel_bytes(columns)
        format.pointee.unpack_row(panel, row % format.pointee.panel_rows, columns, out)
    }
}
