import CTensorKernels

/// A dense product of two f32 matrices on one core, in blocks of the maximum depth that the library uses.
final class DenseSample {
    /// The form of the product: x W^T, dy W, or dy^T x.
    enum Form: CaseIterable { case forward, input, weight }

    /// The number of multiply-adds in one product.
    let multiplyAdds: Int
    private let kernels: ctk_dense_kernels
    private let form: Form
    private let (rows, columns, depth): (Int, Int, Int)
    private let a: Memory
    private let b: Memory
    private let c: Memory
    private let rowPanels: Memory
    private let columnPanels: Memory

    /// The number of rows that fit into a core's L2 cache.
    private static let rowsPerItem = 96

    /// Prepares a product of one form, for x [tokens, inputs] and W [outputs, inputs].
    init(_ kernels: ctk_dense_kernels, _ form: Form, tokens: Int, inputs: Int, outputs: Int) {
        self.kernels = kernels
        self.form = form
        (rows, columns, depth) =
            switch form {
            case .forward: (tokens, outputs, inputs)
            case .input: (tokens, inputs, outputs)
            case .weight: (outputs, inputs, tokens)
            }
        multiplyAdds = rows * columns * depth
        a = Memory(floats: rows * depth)
        b = Memory(floats: columns * depth)
        c = Memory(floats: rows * columns)
        let floats = kernels.depths_per_block / kernels.depths_per_step * kernels.step_bytes / 4
        rowPanels = Memory(floats: Self.rowsPerItem * floats)
        columnPanels = Memory(floats: (columns + kernels.tile_columns) * floats)
    }

    /// Computes the whole product.
    func multiply() {
        let block = kernels.depths_per_block
        for start in stride(from: 0, to: depth, by: block) { multiply(from: start, depth: min(block, depth - start)) }
    }

    private func multiply(from start: Int, depth: Int) {
        let bAlongDepth = form == .forward
        kernels.pack_columns(
            b.floats + (bAlongDepth ? start : start * columns), bAlongDepth ? self.depth : columns, bAlongDepth,
            columns,
            depth, columnPanels.address)
        let aAlongDepth = form != .weight
        let item = Self.rowsPerItem / kernels.tile_rows * kernels.tile_rows
        for row in stride(from: 0, to: rows, by: item) {
            let count = min(item, rows - row)
            kernels.pack_rows(
                a.floats + (aAlongDepth ? row * self.depth + start : start * rows + row),
                aAlongDepth ? self.depth : rows, aAlongDepth, count, depth, rowPanels.address)
            let result = c.floats + row * columns
            kernels.multiply(
                rowPanels.address, columnPanels.address, count, columns, depth,
                start > 0 ? UnsafePointer(result) : nil, result, columns)
        }
    }
}
