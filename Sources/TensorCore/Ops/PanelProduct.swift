import CTensorKernels

/// The product of one weight matrix with prepared rows, panel by panel.
///
/// Only rows of weights are divided between threads: each result is summed over its columns by one thread, in one order.
struct PanelProduct: @unchecked Sendable {
    private let weights: PackedMatrix
    private let activations: UnsafeRawPointer
    /// [n, weights.rows]
    let result: Tensor
    /// Is added to the result: [n, weights.rows].
    private let summand: Tensor?

    /// - Parameter rows: are told that these weights will read them, and must be computed before any panel is.
    init(
        _ weights: PackedMatrix, _ rows: inout PreparedRows, count: Int, addingTo summand: Tensor? = nil
    ) {
        self.weights = weights
        activations = rows.activations(for: weights)
        result = Tensor(rows: count, columns: weights.rows)
        precondition(
            summand.map { $0.rows == count && $0.columns == weights.rows } ?? true, "summands must have one shape")
        self.summand = summand
    }

    var panels: Int { weights.panels }

    /// The columns of the result that some panels make.
    func columns(of panels: Range<Int>) -> Range<Int> {
        let panelRows = weights.format.pointee.panel_rows
        return panels.lowerBound * panelRows..<min(panels.upperBound * panelRows, weights.rows)
    }

    /// Computes some panels' columns of the result.
    func compute(panels range: Range<Int>) {
        weights.format.pointee.product(
            weights.storage.address, range.lowerBound, range.upperBound, weights.rows, weights.columns, activations,
            result.rows, result.pointer, result.columns)
        guard let summand else { return }
        let columns = columns(of: range)
        for row in 0..<result.rows {
            let offset = row * result.columns + columns.lowerBound
            weights.kernels.functions.pointee.add(summand.pointer + offset, columns.count, result.pointer + offset)
        }
    }
}
