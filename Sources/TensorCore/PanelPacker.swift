import CTensorKernels

/// Packs a matrix whose rows arrive piece by piece, so that they need not all be in memory.
package struct PanelPacker {
    private let layout: PanelLayout
    private let pool: ThreadPool
    private let storage: Storage
    /// The panels that are complete.
    private var done = 0
    /// Rows of the next panel, of which some have not arrived.
    private var waiting: [UInt8] = []

    /// Allocates the panels.
    package init(_ layout: PanelLayout, on context: ComputeContext) {
        self.layout = layout
        pool = context.pool
        storage = Storage(byteCount: layout.byteCount)
    }

    /// Packs the next rows, in parallel.
    ///
    /// - Parameter rows: rows in their file format; they may end within a panel, but not within a row.
    package mutating func append(_ rows: UnsafeRawBufferPointer) {
        precondition(rows.count % layout.rowBytes == 0, "whole rows")
        let panel = layout.panelRows * layout.rowBytes
        var rest = rows[...]
        if !waiting.isEmpty {
            let first = rest.prefix(panel - waiting.count)
            waiting += first
            rest = rest.dropFirst(first.count)
            guard waiting.count == panel else { return }
            packWaiting()
        }
        let whole = rest.prefix(rest.count / panel * panel)
        if !whole.isEmpty { pack(UnsafeRawBufferPointer(rebasing: whole)) }
        waiting += rest.dropFirst(whole.count)
    }

    /// Packs the last rows.
    ///
    /// - Precondition: all rows have arrived.
    package consuming func finish() -> PackedMatrix {
        if !waiting.isEmpty { packWaiting() }
        precondition(done == layout.panels, "all rows of the matrix")
        return PackedMatrix(layout, panels: storage)
    }

    private mutating func packWaiting() {
        let rows = waiting
        waiting.removeAll(keepingCapacity: true)
        rows.withUnsafeBytes { pack($0) }
    }

    private mutating func pack(_ rows: UnsafeRawBufferPointer) {
        guard let start = rows.baseAddress else { return }
        let source = SendablePointer(start)
        let (layout, storage, done) = (layout, storage, done)
        let rowCount = rows.count / layout.rowBytes
        let panels = (rowCount + layout.panelRows - 1) / layout.panelRows
        precondition(done + panels <= layout.panels, "no more rows than the matrix has")
        pool.run(count: panels, grain: max(1, (1 << 16) / layout.panelBytes)) { range in
            for panel in range {
                let first = panel * layout.panelRows
                layout.format.pointee.pack(
                    source.address + first * layout.rowBytes, min(layout.panelRows, rowCount - first), layout.columns,
                    storage.address + (done + panel) * layout.panelBytes)
            }
        }
        self.done += panels
    }
}
