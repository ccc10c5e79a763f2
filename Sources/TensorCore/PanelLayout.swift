import CTensorKernels

/// The layout of a packed matrix: panels of rows, the last of which may be padded.
package struct PanelLayout: @unchecked Sendable {
    package let dtype: DType
    package let rows: Int
    package let columns: Int
    let kernels: KernelTable
    let format: UnsafePointer<ctk_format_kernels>
    let panelRows: Int
    let panelBytes: Int
    /// The number of panels.
    let panels: Int

    /// Lays out a matrix for one kernel table.
    package init(_ dtype: DType, rows: Int, columns: Int, for kernels: KernelTable) {
        precondition(rows > 0 && columns > 0 && columns % dtype.elementsPerBlock == 0, "a matrix of whole blocks")
        self.dtype = dtype
        self.rows = rows
        self.columns = columns
        self.kernels = kernels
        format = kernels.format(dtype)
        panelRows = format.pointee.panel_rows
        panelBytes = format.pointee.panel_bytes(columns)
        panels = (rows + panelRows - 1) / panelRows
    }

    /// Bytes of the packed matrix.
    package var byteCount: Int { panels * panelBytes }

    /// Bytes of a row in a file.
    var rowBytes: Int { dtype.bytesPerRow(columns: columns) }
}

extension PanelLayout {
    /// A number that changes with the layout of the format's panels, or with how elements are converted to the format:
    /// a hash of a small packed matrix.
    package var fingerprint: UInt64 {
        // An odd number of blocks, because some layouts join pairs of blocks.
        let columns = 3 * max(32, dtype.elementsPerBlock)
        let random = CounterRandom(seed: 1)
        let file = dtype.quantize((0..<columns * panelRows).map { Float(random.uniform(UInt64($0)) - 0.5) })
        let panel = Storage(byteCount: format.pointee.panel_bytes(columns))
        format.pointee.pack(file, panelRows, columns, panel.address)
        return panel.withBytes { $0.withUnsafeBytes { FowlerNollVo($0).value } }
    }
}
