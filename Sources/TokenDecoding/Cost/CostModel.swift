/// Predicts the duration of forward passes, from those that an engine ran.
///
/// It decides how many tokens are drafted, and never which tokens are written.
package struct CostModel: Sendable {
    private var layer = RowCosts()
    private var head = RowCosts()
    private var drafting = 0.0
    /// Whether costs are given, and not measured.
    let isFixed: Bool

    /// Creates a model without measurements.
    package init() { isFixed = false }

    /// Creates a model with typical costs, which are never measured. Sampling with rejections repeats its texts only
    /// with such a model, because drafts influence them.
    private init(layer seconds: Double, head headSeconds: Double, growth: Double) {
        isFixed = true
        for rows in [1, 101] {
            layer.count(rows: rows, seconds: seconds * (1 + growth * Double(rows - 1)))
            head.count(rows: rows, seconds: headSeconds * (1 + growth * Double(rows - 1)))
        }
    }

    /// Typical costs: a further row adds 6 % to a pass, and the head takes as long as a layer.
    package static func typical() -> CostModel { CostModel(layer: 1, head: 1, growth: 0.06) }

    /// Creates a model with arbitrary fixed costs, for tests.
    init(layer: [(rows: Int, seconds: Double)], head: [(rows: Int, seconds: Double)]) {
        isFixed = true
        for (rows, seconds) in layer { self.layer.count(rows: rows, seconds: seconds) }
        for (rows, seconds) in head { self.head.count(rows: rows, seconds: seconds) }
    }

    /// Counts a pass of rows through some layers.
    mutating func count(layers: Int, rows: Int, seconds: Double) {
        guard !isFixed, layers > 0 else { return }
        layer.count(rows: rows, seconds: seconds / Double(layers))
    }

    /// Counts a part of a prompt.
    mutating func count(prompt rows: Int, layers: Int, seconds: Double) {
        guard !isFixed, layers > 0 else { return }
        layer.countLong(rows: rows, seconds: seconds / Double(layers))
    }

    /// Counts a pass of rows through the head.
    mutating func count(headRows rows: Int, seconds: Double) {
        guard !isFixed else { return }
        head.count(rows: rows, seconds: seconds)
    }

    /// Counts what drafting a token took in addition to passes: sampling it, and computing its probability.
    mutating func count(draftingToken seconds: Double) {
        guard !isFixed else { return }
        guard drafting > 0 else { return drafting = seconds }
        drafting += 0.1 * (min(seconds, 2 * drafting) - drafting)
    }

    /// Returns the expected seconds of a round without drafts; nil if nothing was measured.
    ///
    /// - Parameters:
    ///   - layers: those that determine the text.
    ///   - texts: the number of texts in the step, each with one row.
    func plain(layers: Int, texts: Int) -> Double? { full(layers: layers, rows: texts) }

    /// Returns the expected seconds of a round in which one text verifies tokens that have been through no layers, and
    /// each of the others one row.
    func lookup(layers: Int, texts: Int, drafted: Int) -> Double? { full(layers: layers, rows: texts + drafted) }

    /// Returns the expected seconds of a round in which each text drafts as many tokens by early exit (the paper's
    /// self-speculation with an exit query cache, section 4.3): all rows run through the first layers one at a time,
    /// and through the others together.
    func earlyExit(_ exitLayer: Int, layers: Int, texts: Int, drafted: Int) -> Double? {
        guard let one = layer.seconds(rows: texts), let oneHead = head.seconds(rows: texts),
            let all = layer.seconds(rows: texts * (drafted + 1)),
            let allHead = head.seconds(rows: texts * (drafted + 1))
        else { return nil }
        let (exit, drafted) = (Double(exitLayer), Double(drafted))
        return drafted * (exit * one + oneHead + drafting * Double(texts)) + exit * one
            + (Double(layers) - exit) * all + allHead
    }

    private func full(layers: Int, rows: Int) -> Double? {
        guard let pass = layer.seconds(rows: rows), let head = head.seconds(rows: rows) else { return nil }
        return Double(layers) * pass + head
    }
}
