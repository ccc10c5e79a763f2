import CTensorKernels

/// The forms in which some matrices' kernels read their activations: f32, quantized, paired. Matrices of different
/// formats may share a form.
struct ActivationForms: @unchecked Sendable {
    private typealias Format = UnsafePointer<ctk_format_kernels>
    /// A format with each form, by the order of the forms in memory. No table has both kinds of pairs.
    private var formats: (Format?, Format?, Format?, Format?) = (nil, nil, nil, nil)

    /// The forms for up to three matrices with the same activations.
    init(_ first: PanelWeights, _ second: PanelWeights? = nil, _ third: PanelWeights? = nil) {
        insert(first.format)
        if let second { insert(second.format) }
        if let third { insert(third.format) }
    }

    /// Adds other forms.
    mutating func formUnion(_ other: ActivationForms) {
        if let format = other.formats.0 { insert(format) }
        if let format = other.formats.1 { insert(format) }
        if let format = other.formats.2 { insert(format) }
        if let format = other.formats.3 { insert(format) }
    }

    private mutating func insert(_ format: UnsafePointer<ctk_format_kernels>) {
        switch Int(format.pointee.activations) {
        case CTK_ACTIVATIONS_F32: formats.0 = format
        case CTK_ACTIVATIONS_QUANTIZED: formats.1 = format
        case CTK_ACTIVATIONS_QUANTIZED_256: formats.2 = format
        default: formats.3 = format
        }
    }

    /// Bytes of `count` rows in all forms.
    func byteCount(columns: Int, count: Int) -> Int {
        bytes(formats.0, columns, count) + bytes(formats.1, columns, count) + bytes(formats.2, columns, count)
            + bytes(formats.3, columns, count)
    }

    /// The offset of the form that a format's kernels read.
    func offset(for format: UnsafePointer<ctk_format_kernels>, columns: Int, count: Int) -> Int {
        let form = Int(format.pointee.activations)
        if form == CTK_ACTIVATIONS_F32 { return 0 }
        var offset = bytes(formats.0, columns, count)
        if form == CTK_ACTIVATIONS_QUANTIZED { return offset }
        offset += bytes(formats.1, columns, count)
        return form == CTK_ACTIVATIONS_QUANTIZED_256 ? offset : offset + bytes(formats.2, columns, count)
    }

    /// Columns that must be converted together: the most that a form requires.
    var columnsTogether: Int {
        func columns(_ format: Format?) -> Int { format?.pointee.prepared_columns ?? 1 }
        return max(columns(formats.0), columns(formats.1), columns(formats.2), columns(formats.3))
    }

    /// Converts some of `count` rows to all forms.
    ///
    /// - Parameters:
    ///   - part: the columns to convert, which begin and end at multiples of ``columnsTogether``, or end with the last
    ///     one; nil for all.
    ///   - address: where all forms of all rows and columns are.
    func prepare(
        _ x: UnsafePointer<Float>, columns: Int, count: Int, rows: Range<Int>, part: Range<Int>? = nil,
        at address: UnsafeMutableRawPointer
    ) {
        var next = address
        let part = ctk_activation_part(
            first_token: rows.lowerBound, last_token: rows.upperBound, first_column: part?.lowerBound ?? 0,
            last_column: part?.upperBound ?? columns)
        func prepare(_ format: Format?) {
            guard let format else { return }
            format.pointee.prepare(x, columns, count, part, next)
            next += bytes(format, columns, count)
        }
        prepare(formats.0)
        prepare(formats.1)
        prepare(formats.2)
        prepare(formats.3)
    }

    /// Bytes of one form; whole cache lines, so that the next one is aligned.
    private func bytes(_ format: Format?, _ columns: Int, _ count: Int) -> Int {
        guard let format else { return 0 }
        return (format.pointee.prepared_bytes(columns, count) + 63) / 64 * 64
    }
}
