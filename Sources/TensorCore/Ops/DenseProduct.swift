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
        // Panels consist of rows of op(a) and columns of op(b).
        withExtendedLifetime((a, b)) {
            denseProduct(
                DenseOperand(a, alongDepth: !aIsTransposed), DenseOperand(b, alongDepth: bIsTransposed), into: c,
                plus: summand, precision: precision)
        }
    }

    /// The same for operands that the caller keeps in memory.
    func denseProduct(
        _ rows: DenseOperand, _ columns: DenseOperand, into c: Tensor, plus summand: Tensor?,
        precision: ProductPrecision
    ) {
        let kernels = kernels.dense(precision)
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
        withExtendedLifetime((c, summand, rowPanels, columnPanels)) {}
    }
}

/// An operand of a dense product: a matrix whose rows (or columns) are multiplied with those of another.
struct DenseOperand: @unchecked Sendable {
    private let elements: Elements
    private let stride: Int
    /// Whether elements adjacent in depth are adjacent in memory.
    let alongDepth: Bool
    /// The number of rows (or columns).
    let count: Int
    /// The number of elements of each.
    let depth: Int

    private enum Elements {
        case floats(UnsafePointer<Float>)
        case halves(HalfRows)
    }

    init(_ tensor: Tensor, alongDepth: Bool) {
        self.init(
            .floats(UnsafePointer(tensor.pointer)), rows: tensor.rows, columns: tensor.columns, alongDepth: alongDepth)
    }

    init(_ matrix: HalfMatrix, alongDepth: Bool) {
        self.init(.halves(HalfRows(matrix)), rows: matrix.rows, columns: matrix.columns, alongDepth: alongDepth)
    }

    private init(_ elements: Elements, rows: Int, columns: Int, alongDepth: Bool) {
        self.elements = elements
        stride = columns
        self.alongDepth = alongDepth
        count = alongDepth ? rows : columns
        depth = alongDepth ? columns : rows
    }

    /// Packs a range of the rows (or columns) over a range of the depth.
    func pack(
        _ range: Range<Int>, depth: Range<Int>, to panels: UnsafeMutableRawPointer,
        by pack: @convention(c) (UnsafePointer<Float>?, Int, Bool, Int, Int, UnsafeMutableRawPointer?) -> Void
    ) {
        let (rows, columns) = alongDepth ? (range, depth) : (depth, range)
        switch elements {
        case .floats(let start):
            let first = rows.lowerBound * stride + columns.lowerBound
            pack(start + first, stride, alongDepth, range.count, depth.count, panels)
        case .halves(let halves):
            // At most a few panels at a time, which stay in the cache.
            withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count * columns.count) { floats in
                guard let start = floats.baseAddress else { return }
                for (index, row) in rows.enumerated() {
                    halves.convert(row: row, columns, into: start + index * columns.count)
                }
                pack(start, columns.count, alongDepth, range.count, depth.count, panels)
            }
        }
    }
}
