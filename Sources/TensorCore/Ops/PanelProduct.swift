import CTensorKernels

/// The product of one weight matrix with prepared rows, panel by panel. It holds only addresses and numbers, like
/// ``RowPreparation``.
///
/// Threads divide only the rows of weights: one thread sums each result over its columns, in a fixed order.
struct PanelProduct: @unchecked Sendable {
    private let format: UnsafePointer<ctk_format_kernels>
    private let add: @convention(c) (UnsafePointer<Float>?, Int, UnsafeMutablePointer<Float>?) -> Void
    private let weights: UnsafeRawPointer
    private let rows: Int
    private let columns: Int
    private let activations: UnsafeRawPointer
    private let count: Int
    private let result: UnsafeMutablePointer<Float>
    private let summand: UnsafePointer<Float>?
    /// The distance between rows of the summand: 0 if it is one row for all.
    private let summandStride: Int
    /// The number of panels.
    let panels: Int

    /// Prepares the product: result = rows weights^T + summand.
    ///
    /// - Parameters:
    ///   - rows: registers the form of the rows that these weights read. They must be computed before any panel.
    ///   - summand: [n, weights.rows], or one row for all, such as a bias.
    @inline(__always)  // A call would copy the rows' references in and out.
    init(_ weights: PackedMatrix, _ rows: inout PreparedRows, into result: Tensor, addingTo summand: Tensor? = nil) {
        precondition(result.columns == weights.rows, "a column for each row of weights")
        precondition(
            summand.map { ($0.rows == 1 || $0.rows == result.rows) && $0.columns == result.columns } ?? true,
            "a summand of the result's shape, or one row for all")
        format = weights.format
        add = weights.kernels.functions.pointee.add
        self.weights = UnsafeRawPointer(weights.storage.address)
        self.rows = weights.rows
        columns = weights.columns
        activations = rows.activations(for: weights)
        count = result.rows
        self.result = result.pointer
        self.summand = summand.map { UnsafePointer($0.pointer) }
        summandStride = summand?.rows == 1 ? 0 : weights.rows
        panels = weights.panels
    }

    /// The columns of the result that some panels produce.
    func columns(of panels: Range<Int>) -> Range<Int> {
        let panelRows = format.pointee.panel_rows
        return panels.lowerBound * panelRows..<min(panels.upperBound * panelRows, rows)
    }

    /// Computes the result's columns of some panels.
    func compute(panels range: Range<Int>) {
        format.pointee.product(
            weights, range.lowerBound, range.upperBound, rows, columns, activations, count, result, rows)
        guard let summand else { return }
        let columns = columns(of: range)
        for row in 0..<count {
            add(
                summand + row * summandStride + columns.lowerBound, columns.count,
                result + row * rows + columns.lowerBound)
        }
    }
}
