import CTensorKernels

/// Rows of activations on their way into products: normed where asked for, then in every form that the weights' kernels
/// read. Weights of different formats may share a form.
struct PreparedRows: @unchecked Sendable {
    private let x: Tensor
    private let norm: RMSNorm?
    /// What is prepared: `x` itself where there is no norm.
    private let normed: Tensor
    private let kernels: KernelTable
    private var float: Form?
    private var quantized: Form?
    private var bfloat16Pairs: Form?

    private struct Form {
        let format: UnsafePointer<ctk_format_kernels>
        let storage: Storage
    }

    /// Rows of `x`: [n, columns]. Nothing is computed yet.
    init(_ x: Tensor, norm: RMSNorm? = nil, on context: ComputeContext) {
        precondition(norm.map { $0.gain.columns == x.columns } ?? true, "one gain per column")
        self.x = x
        self.norm = norm
        normed = norm == nil ? x : Tensor(rows: x.rows, columns: x.columns)
        kernels = context.kernels
    }

    /// Where the weights' kernels will find the activations, once all rows are computed.
    mutating func activations(for weights: PackedMatrix) -> UnsafeRawPointer {
        precondition(
            weights.columns == x.columns && weights.kernels.functions == kernels.functions,
            "weights must fit the activations and be packed for the context's table")
        switch Int(weights.format.pointee.activations) {
        case CTK_ACTIVATIONS_F32: return address(in: &float, for: weights)
        case CTK_ACTIVATIONS_QUANTIZED: return address(in: &quantized, for: weights)
        default: return address(in: &bfloat16Pairs, for: weights)
        }
    }

    private func address(in form: inout Form?, for weights: PackedMatrix) -> UnsafeRawPointer {
        if let form { return UnsafeRawPointer(form.storage.address) }
        let storage = Storage(byteCount: weights.format.pointee.prepared_bytes(x.columns, x.rows))
        form = Form(format: weights.format, storage: storage)
        return UnsafeRawPointer(storage.address)
    }

    /// Computes some rows. Each is as if it were alone.
    func compute(_ rows: Range<Int>) {
        if let norm {
            for row in rows {
                let offset = row * x.columns
                kernels.functions.pointee.rms_norm(
                    x.pointer + offset, norm.gain.pointer, x.columns, norm.epsilon, normed.pointer + offset)
            }
        }
        prepare(rows, float)
        prepare(rows, quantized)
        prepare(rows, bfloat16Pairs)
    }

    private func prepare(_ rows: Range<Int>, _ form: Form?) {
        guard let form else { return }
        form.format.pointee.prepare(
            normed.pointer, x.columns, x.rows, rows.lowerBound, rows.upperBound, form.storage.address)
    }
}
