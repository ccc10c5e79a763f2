import CTensorKernels

/// In what precision the operands of a product meet. Sums are always f32.
public enum ProductPrecision: String, Sendable, CaseIterable {
    /// As they are.
    case f32
    /// Rounded to the nearest bfloat16, ties to even, while they are packed. A kernel table without an instruction for
    /// it multiplies f32 instead.
    case bf16

    /// The precision's index in the C tables.
    var kernelIndex: Int {
        switch self {
        case .f32: CTK_DENSE_F32
        case .bf16: CTK_DENSE_BF16
        }
    }
}

extension ComputeContext {
    /// The product of two f32 matrices, into a third that exists: c = op(a) op(b) + summand, where op may
    /// transpose.
    ///
    /// With x [n, in], W [out, in] and y [n, out] = x W^T, training takes three forms: `x, false, W, true` forward,
    /// `dy, false, W, false` for the gradient of x, and `dy, true, x, false` for that of W.
    ///
    /// An element is a sum over k in blocks whose number and size depend on k alone: in a block in the table's one
    /// order, then block after block. So its bits depend neither on m, n and the transpositions nor on the number of
    /// threads.
    ///
    /// - Parameters:
    ///   - a: op(a) is [m, k].
    ///   - b: op(b) is [k, n].
    ///   - c: [m, n], which shares no memory with the operands.
    ///   - summand: of c's shape, and perhaps c itself, to which the product is then added.
    package func denseProduct(
        _ a: Tensor, transposed aIsTransposed: Bool, _ b: Tensor, transposed bIsTransposed: Bool, into c: Tensor,
        plus summand: Tensor? = nil, precision: ProductPrecision = .f32
    ) {
        let kernels = kernels.dense(precision)
        // Rows of op(a) and columns of op(b) are what panels are made of.
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

/// A matrix whose rows (or columns) are to be multiplied with those of another: where they lie.
struct DenseOperand: @unchecked Sendable {
    private let elements: UnsafePointer<Float>
    private let stride: Int
    /// Whether elements that follow each other in depth do so in memory.
    let alongDepth: Bool
    /// How many rows (or columns) there are.
    let count: Int
    /// How many elements each has.
    let depth: Int

    init(_ tensor: Tensor, alongDepth: Bool) {
        elements = UnsafePointer(tensor.pointer)
        stride = tensor.columns
        self.alongDepth = alongDepth
        count = alongDepth ? tensor.rows : tensor.columns
        depth = alongDepth ? tensor.columns : tensor.rows
    }

    /// Packs some of the rows (or columns) over some of the depth.
    func pack(
        _ range: Range<Int>, depth: Range<Int>, to panels: UnsafeMutableRawPointer,
        by pack: @convention(c) (UnsafePointer<Float>?, Int, Bool, Int, Int, UnsafeMutableRawPointer?) -> Void
    ) {
        let first =
            alongDepth ? range.lowerBound * stride + depth.lowerBound : depth.lowerBound * stride + range.lowerBound
        pack(elements + first, stride, alongDepth, range.count, depth.count, panels)
    }
}
