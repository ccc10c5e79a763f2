/// Predicts the duration of forward passes, from those that an engine ran.
///
/// It decides how many tokens are drafted, and never which tokens are written.
package struct CostModel: Sendable {
    private var layer = RowCosts()
    private var head = RowCosts()
    /// Of the first layers and the head while they draft: they stay in a processor's caches, and take less time than in
    /// a pass through all layers.
    private var exitLayer = RowCosts()
    private var exitHead = RowCosts()
    private var lowBitLayer = RowCosts()
    private var lowBitHead = RowCosts()
    /// Of the draft vocabulary.
    private var draftHead = RowCosts()
    /// What passes cost that were never measured, relative to those of the model; nil if there are none.
    private var lowBitShare: Double?
    private var vocabularyShare: Double?
    /// The exit with a block of its own: drafts there run one more layer.
    package var exitBlock: Int?
    private var drafting = 0.0
    private var observing = 0.0
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

    /// Typical costs: a further row adds 6 % to a pass, the head takes as long as a layer, and low-bit weights take
    /// 60 % of the time. There is no draft vocabulary, because it depends on other texts.
    package static func typical() -> CostModel {
        var costs = CostModel(layer: 1, head: 1, growth: 0.06)
        costs.lowBitShare = 0.6
        return costs
    }

    /// Creates a model with fixed costs of passes over some numbers of rows; those between them are interpolated.
    package init(
        layer: [(rows: Int, seconds: Double)], head: [(rows: Int, seconds: Double)], lowBitShare: Double? = nil,
        vocabularyShare: Double? = nil
    ) {
        isFixed = true
        self.lowBitShare = lowBitShare
        self.vocabularyShare = vocabularyShare
        for (rows, seconds) in layer { self.layer.count(rows: rows, seconds: seconds) }
        for (rows, seconds) in head { self.head.count(rows: rows, seconds: seconds) }
    }

    /// Returns these costs for a model with a low-bit copy, whose passes take a share of the model's time.
    package func withLowBit(share: Double) -> CostModel {
        var costs = self
        costs.lowBitShare = share
        return costs
    }

    /// States the shares of the model's costs that drafts are estimated to have until they are measured.
    ///
    /// - Parameters:
    ///   - lowBitShare: the bytes of the low-bit copy, relative to those of the model; nil if there is none.
    ///   - vocabularyShare: the draft vocabulary's share of all tokens; nil if there is none.
    mutating func expect(lowBitShare: Double?, vocabularyShare: Double?) {
        guard !isFixed else { return }
        (self.lowBitShare, self.vocabularyShare) = (lowBitShare, vocabularyShare)
    }

    /// Counts a pass of rows through some layers, which draft on a path; nil if they verify.
    mutating func count(layers: Int, rows: Int, on path: DraftPath? = nil, seconds: Double) {
        guard !isFixed, layers > 0 else { return }
        let seconds = seconds / Double(layers)
        switch path?.weights {
        case nil: layer.count(rows: rows, seconds: seconds)
        case .own: exitLayer.count(rows: rows, seconds: seconds)
        case .lowBit: lowBitLayer.count(rows: rows, seconds: seconds)
        }
    }

    /// Counts a pass of rows through the head that a path uses; nil if it verifies.
    mutating func count(headRows rows: Int, on path: DraftPath? = nil, seconds: Double) {
        guard !isFixed else { return }
        switch (path?.usesDraftVocabulary, path?.weights) {
        case (true, _): draftHead.count(rows: rows, seconds: seconds)
        case (_, .lowBit): lowBitHead.count(rows: rows, seconds: seconds)
        case (_, .own): exitHead.count(rows: rows, seconds: seconds)
        case (_, nil): head.count(rows: rows, seconds: seconds)
        }
    }

    /// Counts a part of a prompt.
    mutating func count(prompt rows: Int, layers: Int, seconds: Double) {
        guard !isFixed, layers > 0 else { return }
        layer.countLong(rows: rows, seconds: seconds / Double(layers))
    }

    /// Counts what drafting a token took in addition to passes: sampling it, and computing its probability.
    mutating func count(draftingToken seconds: Double) {
        guard !isFixed else { return }
        guard drafting > 0 else { return drafting = seconds }
        drafting += 0.1 * (min(seconds, 2 * drafting) - drafting)
    }

    /// Counts what it took to observe exits in a round, in addition to passes.
    mutating func count(observing seconds: Double) {
        guard !isFixed else { return }
        observing = observing > 0 ? observing + 0.2 * (min(seconds, 2 * observing) - observing) : seconds
    }

    /// The time that observing exits takes, in units of plain decoding of a token; nil if one of them was not measured.
    func observation(layers: Int) -> Double? {
        guard observing > 0, let plain = plain(layers: layers, texts: 1) else { return nil }
        return observing / plain
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
        draft(on: DraftPath(layers: exitLayer), layers: layers, texts: texts, drafted: drafted)
    }

    /// Returns the expected seconds of a round in which each text drafts as many tokens on a path; nil if the path's
    /// costs are unknown.
    func draft(on path: DraftPath, layers: Int, texts: Int, drafted: Int) -> Double? {
        guard let token = draftedToken(on: path, texts: texts),
            let rest = verification(of: path, layers: layers, rows: texts * (drafted + 1), texts: texts)
        else { return nil }
        return Double(drafted) * token + rest
    }

    /// Returns the expected seconds of a round in which one text runs looked-up tokens through the first layers at once,
    /// keeps some of them, adds the layers' own token, and verifies these.
    func cascade(_ path: DraftPath, layers: Int, lookedUp: Int, verified: Int) -> Double? {
        guard let pass = layerSeconds(path.weights, rows: lookedUp + 1),
            let head = headSeconds(on: path, rows: lookedUp + 1),
            let rest = verification(of: path, layers: layers, rows: verified + 1, texts: 1)
        else { return nil }
        return Double(draftedLayers(on: path)) * pass + head + drafting * Double(lookedUp + 1) + rest
    }

    /// The seconds of drafting one token for each text.
    private func draftedToken(on path: DraftPath, texts: Int) -> Double? {
        guard let pass = layerSeconds(path.weights, rows: texts), let head = headSeconds(on: path, rows: texts) else {
            return nil
        }
        return Double(draftedLayers(on: path)) * pass + head + drafting * Double(texts)
    }

    /// The number of layers that drafting runs: those of the path, and an exit block.
    private func draftedLayers(on path: DraftPath) -> Int {
        path.layers + (path.weights == .own && path.layers == exitBlock ? 1 : 0)
    }

    /// The seconds of verifying rows, of which the last of each text has not been through the drafting layers.
    private func verification(of path: DraftPath, layers: Int, rows: Int, texts: Int) -> Double? {
        guard path.weights == .own else { return full(layers: layers, rows: rows) }
        guard let one = layerSeconds(path.weights, rows: texts), let all = layer.seconds(rows: rows),
            let head = head.seconds(rows: rows)
        else { return nil }
        return Double(path.layers) * one + Double(layers - path.layers) * all + head
    }

    private func layerSeconds(_ weights: DraftPath.Weights, rows: Int) -> Double? {
        guard weights == .lowBit else {
            guard let verifying = layer.seconds(rows: rows) else { return exitLayer.seconds(rows: rows) }
            guard !exitLayer.hasMeasured(rows: rows) else { return exitLayer.seconds(rows: rows) }
            // Drafts of other numbers of rows take their share of a verifying pass.
            guard let drafting = exitLayer.seconds(rows: 1), let one = layer.seconds(rows: 1) else { return verifying }
            return verifying * drafting / one
        }
        guard let lowBitShare else { return nil }
        return lowBitLayer.seconds(rows: rows) ?? layer.seconds(rows: rows).map { lowBitShare * $0 }
    }

    private func headSeconds(on path: DraftPath, rows: Int) -> Double? {
        if path.usesDraftVocabulary {
            guard let vocabularyShare else { return nil }
            return draftHead.seconds(rows: rows) ?? head.seconds(rows: rows).map { vocabularyShare * $0 }
        }
        guard path.weights == .lowBit else { return exitHead.seconds(rows: rows) ?? head.seconds(rows: rows) }
        guard let lowBitShare else { return nil }
        return lowBitHead.seconds(rows: rows) ?? head.seconds(rows: rows).map { lowBitShare * $0 }
    }

    private func full(layers: Int, rows: Int) -> Double? {
        guard let pass = layer.seconds(rows: rows), let head = head.seconds(rows: rows) else { return nil }
        return Double(layers) * pass + head
    }
}
