import CTensorKernels

extension ComputeContext {
    /// Writes the product of two f32 matrices to a third: c = op(a) op(b) + summand, where op may transpose.
    ///
    /// For y = x W^T with x [n, in], W [out, in] and y [n, out], training uses three forms: `x, false, W, true` in the
    /// forward pass, `dy, false, W, false` for the gradient of x, and `dy, true, x, false` for that of W.
    ///
    /// An element is a sum over k in blocks whose number and size depend on k alone. Each block is summed in the
    /// table's fixed order, and the blocks are added one after the other. So the bits depend neither on m, n and the
    /// transpositions nor on the number of threads.
    ///
    /// - Parameters:
    ///   - a: op(a) is [m, k].
    ///   - b: op(b) is [k, n].
    ///   - c: [m, n], which shares no memory with the operands.
    ///   - summand: [m, n]; it may be c itself, to which the product is then added.
    package func denseProduct(
        _ a: Tensor, transposed aIsTransposed: Bool, _ b: Tensor, transposed bIsTransposed: Bool, into c: Tensor,
        plus summand: Tensor? = nil, precision: ProductPrecision = .f32
    ) {
        let kernels = kernels.dense(precision)
        // Panels consist of rows of op(a) and columns of op(b).
        let rows = DenseOperand(a, alongDepth: !aIsTransposed)
        let columns = DenseOperand(b, alongDepth: bIsTransposed)
        precondition(rows.depth == columns.depth, "operands must have one depth")
        precondition(c.rows == rows.count && c.columns == columns.count, "a row and a column for each of the operands'")
        precondition(
            summand.map { $0.rows == c.rows && $0.columns == c.columns } ?? true, "a summand of the result's shape")
        let plan = DensePlan(
            rows: rows.count, columns: columns.count, depth: rows.depth, kernels.pointee, threads: pool.threadCount)
        if rows.depth == 0 {
            for index in 0..<c.rows * c.columns { c.pointer[index] = summand?.pointer[index] ?? 0 }
        }
        let columnPanels = memory.take(byteCount: plan.columnPanelsByteCount)
        let rowPanels = memory.take(byteCount: plan.rowPanelsByteCount)
        for block in plan.columnBlocks {
            for depth in plan.depthBlocks {
                let job = DenseProductJob(
                    rows: rows, columns: columns, columnRange: block, depth: depth, plan: plan, kernels: kernels,
                    rowPanels: rowPanels.address, columnPanels: columnPanels.address,
                    summand: (depth.lowerBound > 0 ? c : summand).map { UnsafePointer($0.pointer) },
                    result: c.pointer, stride: c.columns)
                pool.run(job)
            }
        }
        withExtendedLifetime((a, b, c, summand, rowPanels, columnPanels)) {}
    }
}

/// An operand of a dense product: a matrix whose rows (or columns) are multiplied with those of another.
struct DenseOperand: @unchecked Sendable {
    private let elements: UnsafePointer<Float>
    private let stride: Int
    /// Whether elements adjacent in depth are adjacent in memory.
    let alongDepth: Bool
    /// The number of rows (or columns).
    let count: Int
    /// The number of elements of each.
    let depth: Int

    init(_ tensor: Tensor, alongDepth: Bool) {
        elements = UnsafePointer(tensor.pointer)
        stride = tensor.columns
        self.alongDepth = alongDepth
        count = alongDepth ? tensor.rows : tensor.columns
        depth = alongDepth ? tensor.columns : tensor.rows
    }

    /// Packs a range of the rows (or columns) over a range of the depth.
    func pack(
        _ range: Range<Int>, depth: Range<Int>, to panels: UnsafeMutableRawPointer,
        by pack: @convention(c) (UnsafePointer<Float>?, Int, Bool, Int, Int, UnsafeMutableRawPointer?) -> Void
    ) {
        let first =
            alongDepth ? range.lowerBound * stride + depth.lowerBound : depth.lowerBound * stride + range.lowerBound
        pack(elements + first, stride, alongDepth, range.count, depth.count, panels)
    }
}
