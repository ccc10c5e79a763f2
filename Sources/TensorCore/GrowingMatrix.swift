import CTensorKernels

/// A packed matrix [rows, columns] to which one thread adds rows.
package final class GrowingMatrix {
    /// The most rows.
    package let capacity: Int
    private let layout: PanelLayout
    private let storage: Storage
    /// The number of rows.
    package private(set) var rows = 0
    /// The rows of the last panel, in their file format.
    private var lastPanel: [UInt8] = []

    /// Takes memory for `capacity` rows, at least 1; it becomes resident only as rows are added.
    package init(_ dtype: DType, capacity: Int, columns: Int, on context: ComputeContext) {
        layout = PanelLayout(dtype, rows: capacity, columns: columns, for: context.kernels)
        self.capacity = capacity
        storage = Storage(byteCount: layout.byteCount)
    }

    /// Adds a row of finite values.
    package func append(_ row: [Float]) {
        precondition(rows < capacity && row.count == layout.columns, "a row, and room for it")
        if rows % layout.panelRows == 0 { lastPanel.removeAll(keepingCapacity: true) }
        lastPanel += layout.dtype.quantize(row)
        let panel = rows / layout.panelRows
        lastPanel.withUnsafeBytes {
            layout.format.pointee.pack(
                $0.baseAddress, rows % layout.panelRows + 1, layout.columns,
                storage.address + panel * layout.panelBytes)
        }
        rows += 1
    }

    /// Removes all rows.
    package func removeAll() { rows = 0 }

    /// The rows so far as a matrix, which shares the memory: use it before the next row is added. At least one row.
    package var matrix: PackedMatrix {
        PackedMatrix(
            PanelLayout(layout.dtype, rows: rows, columns: layout.columns, for: layout.kernels), panels: storage)
    }
}

extension PackedMatrix {
    /// Packs some rows of a matrix as a matrix of their own, in another format, in parallel.
    ///
    /// - Parameters:
    ///   - ids: the rows, at least one.
    ///   - dtype: the format; whole blocks of it must fit into a row.
    package init(rows ids: [Int32], of matrix: PackedMatrix, as dtype: DType, on context: ComputeContext) {
        let layout = PanelLayout(dtype, rows: ids.count, columns: matrix.columns, for: context.kernels)
        let storage = Storage(byteCount: layout.byteCount)
        context.pool.run(count: layout.panels, grain: max(1, (1 << 14) / layout.panelBytes)) { panels in
            for panel in panels {
                let first = panel * layout.panelRows
                let members = ids[first..<min(first + layout.panelRows, ids.count)]
                var elements = [Float](repeating: 0, count: members.count * matrix.columns)
                elements.withUnsafeMutableBufferPointer { buffer in
                    guard let start = buffer.baseAddress else { return }
                    for (row, id) in members.enumerated() {
                        precondition(id >= 0 && id < matrix.rows, "row \(id) of \(matrix.rows)")
                        matrix.unpack(row: Int(id), into: start + row * matrix.columns)
                    }
                }
                dtype.quantize(elements).withUnsafeBytes {
                    layout.format.pointee.pack(
                        $0.baseAddress, members.count, layout.columns, storage.address + panel * layout.panelBytes)
                }
            }
        }
        self.init(layout, panels: storage)
    }
}
