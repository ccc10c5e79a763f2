import CTensorKernels

/// Rows of activations prepared for products: normalized if requested, then converted to every form that the weights'
/// kernels read.
///
/// This owns the memory; a job runs the ``RowPreparation``.
struct PreparedRows {
    private let x: Tensor
    /// The normalized rows: `x` itself if there is no norm.
    let normed: Tensor
    private let memory: Storage
    /// Computes the rows.
    let preparation: RowPreparation

    /// Rows of `x`, [n, columns], for up to three matrices. Nothing is computed yet.
    init(
        _ x: Tensor, norm: RMSNorm? = nil, for first: PackedMatrix, _ second: PackedMatrix? = nil,
        _ third: PackedMatrix? = nil, on context: ComputeContext
    ) {
        precondition(norm.map { $0.gain.columns == x.columns } ?? true, "one gain per column")
        precondition(!x.isRecorded && norm?.gain.isRecorded != true, "packed weights pass no gradients on")
        Self.check(first, x, context)
        if let second { Self.check(second, x, context) }
        if let third { Self.check(third, x, context) }
        self.x = x
        normed = norm == nil ? x : Tensor(rows: x.rows, columns: x.columns, on: context)
        let forms = ActivationForms(
            PanelWeights(first), second.map { PanelWeights($0) }, third.map { PanelWeights($0) })
        memory = context.memory.take(byteCount: forms.byteCount(columns: x.columns, count: x.rows))
        preparation = RowPreparation(
            UnsafePointer(x.pointer), norm: norm.map { NormAddresses($0) }, normed: normed.pointer, rows: x.rows,
            columns: x.columns, forms, at: memory.address, context.kernels)
    }

    private static func check(_ weights: PackedMatrix, _ x: Tensor, _ context: ComputeContext) {
        precondition(
            weights.columns == x.columns && weights.kernels.functions == context.kernels.functions,
            "weights must fit the activations and be packed for the context's table")
    }
}

/// The data that a thread needs to prepare rows: only addresses and numbers, so that joining a region changes no
/// reference counts.
struct RowPreparation: @unchecked Sendable {
    private let x: UnsafePointer<Float>
    private let norm: NormAddresses?
    private let normed: UnsafeMutablePointer<Float>
    private let rowCount: Int
    private let columns: Int
    private let forms: ActivationForms
    private let address: UnsafeMutableRawPointer
    private let kernels: KernelTable

    /// - Parameters:
    ///   - x: [rows, columns]
    ///   - normed: memory for the normalized rows, unused without a norm.
    ///   - address: memory for all forms of the rows.
    init(
        _ x: UnsafePointer<Float>, norm: NormAddresses?, normed: UnsafeMutablePointer<Float>, rows: Int, columns: Int,
        _ forms: ActivationForms, at address: UnsafeMutableRawPointer, _ kernels: KernelTable
    ) {
        self.x = x
        self.norm = norm
        self.normed = normed
        rowCount = rows
        self.columns = columns
        self.forms = forms
        self.address = address
        self.kernels = kernels
    }

    /// Where the rows will be in the form that some weights' kernels read.
    func activations(for format: UnsafePointer<ctk_format_kernels>) -> UnsafeRawPointer {
        UnsafeRawPointer(address + forms.offset(for: format, columns: columns, count: rowCount))
    }

    /// Computes all rows as one step of a region, each independently of the others.
    func share(in thread: inout RegionThread) { thread.share(rowCount, grain: 1) { compute($0) } }

    /// Computes all rows.
    func compute() { compute(0..<rowCount) }

    /// Computes some columns of all rows, which have no norm.
    func compute(columns part: Range<Int>) {
        forms.prepare(x, columns: columns, count: rowCount, rows: 0..<rowCount, part: part, at: address)
    }

    private func compute(_ rows: Range<Int>) {
        guard let norm else {
            return forms.prepare(x, columns: columns, count: rowCount, rows: rows, at: address)
        }
        for row in rows { norm.apply(x + row * columns, normed + row * columns, kernels) }
        forms.prepare(UnsafePointer(normed), columns: columns, count: rowCount, rows: rows, at: address)
    }
}
