import CTensorKernels

/// Rows of activations prepared for products: normalized if requested, then converted to every form that the weights'
/// kernels read. Weights of different formats may share a form.
///
/// This owns the memory; a job runs the ``RowPreparation``.
struct PreparedRows {
    private let x: Tensor
    /// The normalized rows: `x` itself if there is no norm.
    let normed: Tensor
    private let context: ComputeContext
    /// Memory for f32, for quantized, for paired activations (no table has both kinds of pairs), and for quantized ones
    /// with a scale per 256.
    private var forms: (Storage?, Storage?, Storage?, Storage?) = (nil, nil, nil, nil)
    /// Computes the rows in the forms requested so far.
    private(set) var preparation: RowPreparation

    /// Registers the rows of `x`, [n, columns], without computing anything yet.
    init(_ x: Tensor, norm: RMSNorm? = nil, on context: ComputeContext) {
        precondition(norm.map { $0.gain.columns == x.columns } ?? true, "one gain per column")
        precondition(!x.isRecorded && norm?.gain.isRecorded != true, "packed weights pass no gradients on")
        self.x = x
        self.context = context
        normed = norm == nil ? x : Tensor(rows: x.rows, columns: x.columns, on: context)
        preparation = RowPreparation(x, norm: norm, normed: normed, on: context)
    }

    /// Requests the form that the weights' kernels read; returns where it will be once all rows are computed.
    mutating func activations(for weights: PackedMatrix) -> UnsafeRawPointer {
        precondition(
            weights.columns == x.columns && weights.kernels.functions == context.kernels.functions,
            "weights must fit the activations and be packed for the context's table")
        switch Int(weights.format.pointee.activations) {
        case CTK_ACTIVATIONS_F32: return address(&forms.0, &preparation.forms.0, weights)
        case CTK_ACTIVATIONS_QUANTIZED: return address(&forms.1, &preparation.forms.1, weights)
        case CTK_ACTIVATIONS_QUANTIZED_256: return address(&forms.3, &preparation.forms.3, weights)
        default: return address(&forms.2, &preparation.forms.2, weights)
        }
    }

    private func address(
        _ storage: inout Storage?, _ form: inout RowPreparation.Form?, _ weights: PackedMatrix
    ) -> UnsafeRawPointer {
        if let storage { return UnsafeRawPointer(storage.address) }
        let memory = context.memory.take(byteCount: weights.format.pointee.prepared_bytes(x.columns, x.rows))
        storage = memory
        form = RowPreparation.Form(format: weights.format, address: memory.address)
        return UnsafeRawPointer(memory.address)
    }
}

/// The data that a thread needs to prepare rows: only addresses and numbers, so that joining a region changes no
/// reference counts.
struct RowPreparation: @unchecked Sendable {
    private let x: UnsafePointer<Float>
    private let normed: UnsafeMutablePointer<Float>
    private let rowCount: Int
    private let columns: Int
    private let gain: UnsafePointer<Float>?
    private let epsilon: Float
    private let kernels: KernelTable
    fileprivate var forms: (Form?, Form?, Form?, Form?) = (nil, nil, nil, nil)

    fileprivate struct Form {
        let format: UnsafePointer<ctk_format_kernels>
        let address: UnsafeMutableRawPointer
    }

    fileprivate init(_ x: Tensor, norm: RMSNorm?, normed: Tensor, on context: ComputeContext) {
        self.x = UnsafePointer(x.pointer)
        self.normed = normed.pointer
        rowCount = x.rows
        columns = x.columns
        gain = norm.map { UnsafePointer($0.gain.pointer) }
        epsilon = norm?.epsilon ?? 0
        kernels = context.kernels
    }

    /// Computes all rows as one step of a region, each independently of the others.
    func share(in thread: inout RegionThread) { thread.share(rowCount, grain: 1) { compute($0) } }

    private func compute(_ rows: Range<Int>) {
        if let gain {
            for row in rows {
                let offset = row * columns
                kernels.functions.pointee.rms_norm(x + offset, gain, columns, epsilon, normed + offset)
            }
        }
        prepare(rows, forms.0)
        prepare(rows, forms.1)
        prepare(rows, forms.2)
        prepare(rows, forms.3)
    }

    private func prepare(_ rows: Range<Int>, _ form: Form?) {
        guard let form else { return }
        form.format.pointee.prepare(normed, columns, rowCount, rows.lowerBound, rows.upperBound, form.address)
    }
}
