import CTensorKernels

/// A packed matrix, with a bias or without, as addresses and numbers: parallel jobs hold no references.
///
/// Threads divide only the rows of weights: one thread sums each result over its columns, in a fixed order.
struct PanelWeights: @unchecked Sendable {
    let format: UnsafePointer<ctk_format_kernels>
    private let add: @convention(c) (UnsafePointer<Float>?, Int, UnsafeMutablePointer<Float>?) -> Void
    private let weights: UnsafeRawPointer
    private let bias: UnsafePointer<Float>?
    let rows: Int
    let columns: Int
    /// The number of panels, and bytes of each.
    let panels: Int
    let panelBytes: Int

    /// The matrix and the bias must outlive this value.
    ///
    /// - Parameter bias: [1, rows], added to each row of a product.
    init(_ matrix: PackedMatrix, bias: Tensor? = nil) {
        precondition(bias.map { $0.rows == 1 && $0.columns == matrix.rows } ?? true, "one bias per row of weights")
        format = matrix.format
        add = matrix.kernels.functions.pointee.add
        weights = UnsafeRawPointer(matrix.storage.address)
        self.bias = bias.map { UnsafePointer($0.pointer) }
        rows = matrix.rows
        columns = matrix.columns
        panels = matrix.panels
        panelBytes = matrix.layout.panelBytes
    }

    /// Rows of a panel.
    var panelRows: Int { format.pointee.panel_rows }

    /// The columns of a product that some panels produce.
    func columns(of panels: Range<Int>) -> Range<Int> {
        panels.lowerBound * panelRows..<min(panels.upperBound * panelRows, rows)
    }

    /// The panels that produce some columns of a product; the columns begin and end with panels.
    func panels(of columns: Range<Int>) -> Range<Int> {
        columns.lowerBound / panelRows..<(columns.upperBound + panelRows - 1) / panelRows
    }

    /// Starts to load the first panels of a thread's share into its cache.
    func prefetch(share: Int, of shares: Int) {
        let first = panels * share / shares * panelBytes
        ctk_prefetch(weights + first, min(Self.prefetchedBytes, panels * panelBytes - first))
    }

    /// As much as arrives while threads wait for each other.
    private static let prefetchedBytes = 16 << 10

    /// Computes the columns of some panels: result = activations weights^T + summand + bias.
    ///
    /// - Parameters:
    ///   - activations: `count` rows in the form that the weights' kernels read.
    ///   - result: [count, rows]
    ///   - summand: [count, rows]
    func compute(
        panels range: Range<Int>, _ activations: UnsafeRawPointer, count: Int, into result: UnsafeMutablePointer<Float>,
        addingTo summand: UnsafePointer<Float>? = nil
    ) {
        format.pointee.product(
            weights, range.lowerBound, range.upperBound, rows, columns, activations, count, result, rows)
        guard summand != nil || bias != nil else { return }
        let columns = columns(of: range)
        for row in 0..<count {
            let offset = row * rows + columns.lowerBound
            if let summand { add(summand + offset, columns.count, result + offset) }
            if let bias { add(bias + columns.lowerBound, columns.count, result + offset) }
        }
    }
}

/// The product of one weight matrix with prepared rows, panel by panel. It holds only addresses and numbers, like
/// ``RowPreparation``.
struct PanelProduct: @unchecked Sendable {
    private let weights: PanelWeights
    private let activations: UnsafeRawPointer
    private let count: Int
    private let result: UnsafeMutablePointer<Float>
    private let summand: UnsafePointer<Float>?

    /// Prepares the product: result = rows weights^T + summand + bias.
    ///
    /// - Parameters:
    ///   - rows: prepared for these weights. They must be computed before any panel.
    ///   - summand: [n, weights.rows]
    ///   - bias: [1, weights.rows]
    init(
        _ weights: PackedMatrix, _ rows: borrowing PreparedRows, into result: Tensor, addingTo summand: Tensor? = nil,
        bias: Tensor? = nil
    ) {
        precondition(result.columns == weights.rows, "a column for each row of weights")
        precondition(
            summand.map { $0.rows == result.rows && $0.columns == result.columns } ?? true,
            "a summand of the result's shape")
        self.weights = PanelWeights(weights, bias: bias)
        activations = rows.preparation.activations(for: weights.format)
        count = result.rows
        self.result = result.pointer
        self.summand = summand.map { UnsafePointer($0.pointer) }
    }

    /// The number of panels.
    var panels: Int { weights.panels }

    /// The columns of the result that some panels produce.
    func columns(of panels: Range<Int>) -> Range<Int> { weights.columns(of: panels) }

    /// Computes the result's columns of some panels.
    func compute(panels range: Range<Int>) {
        weights.compute(panels: range, activations, count: count, into: result, addingTo: summand)
    }
}
