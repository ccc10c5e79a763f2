package import LanguageModels
package import TensorCore

/// The only decoding loop: draft, verify, accept, truncate, for any number of texts at once. Plain decoding is the case
/// of zero drafts.
///
/// Texts may join and leave between steps, because each step is passed its texts. Their rows run through the layers as
/// one batch, which reads the weights once for all of them. Each text gets bit for bit the same results as when it runs
/// alone.
///
/// ```swift
/// var engine = Engine(model)
/// let texts = try prompts.map { prompt in
///     let text = try engine.makeText(drafter: EarlyExitDrafter(exitLayer: 4, draftLength: 6, for: model))
///     try engine.prefill(text, prompt)
///     return text
/// }
/// while texts.allSatisfy({ $0.room > 0 }) { engine.step(texts) }
/// ```
package struct Engine<Model: LanguageModel>: ~Copyable {
    /// The full model, which verifies drafts.
    package let model: Model
    /// The format of keys and values in caches.
    package let cacheFormat: CacheFormat
    /// The costs of the passes so far.
    package internal(set) var costs: CostModel
    private let fixedCosts: CostModel
    private let pages = CachePagePool()
    // Refilled in each step, to reuse their memory.
    private var memory: BatchMemory
    private var rows: [Token] = []
    private var parts: [Tensor] = []
    /// For each text, the number of layers to run for its draft; 0 for none.
    private var wanted: [Int] = []
    /// For each text, the number of its rows in the current pass.
    private var passing: [Int] = []

    /// Creates an engine without texts.
    ///
    /// - Parameter costs: predicts the duration of passes, and learns from those of this engine.
    package init(_ model: Model, cacheFormat: CacheFormat = .standard, costs: CostModel = CostModel()) {
        self.model = model
        self.cacheFormat = cacheFormat
        self.costs = costs
        fixedCosts = costs.isFixed ? costs : .typical()
        memory = BatchMemory(for: model)
        rows.reserveCapacity(Self.reservedRows)
    }

    /// Rows of a pass to reserve memory for; longer passes take more as needed.
    private static var reservedRows: Int { 512 }

    /// Creates an empty text, which only this engine may step.
    ///
    /// - Parameters:
    ///   - exitLayer: the number of layers that determine the text; nil for all.
    ///   - context: the most tokens that the text may have; nil for the model's context.
    ///   - hashesLogits: whether to keep ``TokenStream/logitHashes``.
    /// - Throws: ``ExitLayerError``, or ``GenerationError`` if a sampling option is out of range.
    package func makeText(
        exitLayer: Int? = nil, drafter: any Drafter = NoDrafter(), sampling: Sampling = .greedy,
        acceptance: Acceptance = .coupled, context: Int? = nil, hashesLogits: Bool = false
    ) throws -> TokenStream {
        if let exitLayer { try ExitLayerError.check(exitLayer, layerCount: model.layerCount) }
        return try makeText(
            layerCount: exitLayer ?? model.layerCount, drafter, sampling, acceptance, context: context,
            hashesLogits: hashesLogits, residual: Distribution.residual)
    }

    /// Creates a text with another rule for rejections, for a test's counter-example.
    func makeText(
        layerCount: Int, _ drafter: any Drafter, _ sampling: Sampling, _ acceptance: Acceptance, context: Int? = nil,
        hashesLogits: Bool, residual: @escaping TokenStream.Residual
    ) throws(GenerationError) -> TokenStream {
        let sampler = try Sampler(sampling, acceptance: acceptance, vocabularySize: model.vocabularySize)
        let cache = KVCache(
            for: model, layerCount: layerCount, format: cacheFormat, context: context, pool: pages)
        return TokenStream(
            model, layerCount: layerCount, drafter: drafter, sampler: sampler, cache: cache, hashesLogits: hashesLogits,
            residual: residual)
    }

    /// Gives each text its next tokens: at least one, at most its ``TokenStream/limit``.
    ///
    /// A text whose logits are not finite has a ``TokenStream/failure`` afterwards; the others are unaffected.
    ///
    /// - Parameters:
    ///   - texts: each text at most once, with a prompt and room for a token.
    ///   - report: called with each token as soon as it is drafted, with the index of its text and its source.
    package mutating func step(
        _ texts: [TokenStream], report: (_ text: Int, Token, DraftSource) -> Void = { _, _, _ in }
    ) {
        guard !texts.isEmpty else { return }
        let stopwatch = Stopwatch()
        for text in texts { text.beginRound() }
        draft(texts, report)
        let drafted = stopwatch.seconds
        let logits = verify(texts)
        let verified = stopwatch.seconds
        var row = 0
        for text in texts {
            text.acceptAndTruncate(
                logits, firstRow: row, on: model.compute, stopwatch, drafted: drafted, verified: verified,
                plainSeconds: texts.count == 1 ? costs.plain(layers: text.layerCount, texts: 1) : nil)
            row += text.draft.tokens.count + 1
        }
    }
}

// MARK: Drafting

extension Engine {
    /// Drafts for all texts. Texts that draft with the same layers run in one batch.
    private mutating func draft(_ texts: [TokenStream], _ report: (Int, Token, DraftSource) -> Void) {
        while true {
            wanted.removeAll(keepingCapacity: true)
            for (index, text) in texts.enumerated() {
                // Drafts influence texts sampled with rejections, which must depend neither on the machine's speed nor
                // on other texts.
                let isFixed = text.sampler.acceptance == .rejection
                let layers = text.continueDraft(texts: isFixed ? 1 : texts.count, isFixed ? fixedCosts : costs) {
                    report(index, $0, .lookup)
                }
                wanted.append(layers ?? 0)
            }
            guard wanted.contains(where: { $0 > 0 }) else { return }
            while let layers = wanted.first(where: { $0 > 0 }) { draft(texts, through: layers, report) }
        }
    }

    /// Drafts one more token for each text that requests these layers.
    private mutating func draft(
        _ texts: [TokenStream], through layers: Int, _ report: (Int, Token, DraftSource) -> Void
    ) {
        rows.removeAll(keepingCapacity: true)
        memory.removeAll()
        for (index, text) in texts.enumerated() where wanted[index] == layers {
            memory.addRows(text.unseenRowCount, of: text.cache)
            text.appendUnseenTokens(to: &rows)
        }
        let hidden = run(0..<layers, model.embed(rows.span))
        parts.removeAll(keepingCapacity: true)
        var end = 0
        for (index, text) in texts.enumerated() where wanted[index] == layers {
            end += text.unseenRowCount
            parts.append(hidden[rows: end - 1..<end])
        }
        let logits = logits(parts.count == hidden.rows ? hidden : model.compute.stacked(parts))
        let stopwatch = Stopwatch()
        let count = parts.count
        var (row, start) = (0, 0)
        for (index, text) in texts.enumerated() where wanted[index] == layers {
            let end = start + text.unseenRowCount
            text.takeDraft(hidden: hidden[rows: start..<end], logits, row: row, on: model.compute) {
                report(index, $0, .earlyExit)
            }
            wanted[index] = 0
            start = end
            row += 1
        }
        parts.removeAll(keepingCapacity: true)
        costs.count(draftingToken: stopwatch.seconds / Double(count))
    }
}

// MARK: Passes

extension Engine {
    /// Runs rows of the batch through some layers.
    private mutating func run(_ layers: Range<Int>, _ x: Tensor) -> Tensor {
        let stopwatch = Stopwatch()
        let result = model.run(layers, x, &memory)
        costs.count(layers: layers.count, rows: x.rows, seconds: stopwatch.seconds)
        return result
    }

    private mutating func logits(_ x: Tensor) -> Tensor {
        let stopwatch = Stopwatch()
        let result = model.logits(x)
        costs.count(headRows: x.rows, seconds: stopwatch.seconds)
        return result
    }
}

// MARK: Verification

extension Engine {
    /// Runs the pending and all drafted tokens of all texts through the layers that they have not been through:
    /// [drafted + 1 of each text, vocabulary]. Rows join the pass at their next layer, and leave it after their text's
    /// last layer.
    private mutating func verify(_ texts: [TokenStream]) -> Tensor {
        rows.removeAll(keepingCapacity: true)
        passing.removeAll(keepingCapacity: true)
        for text in texts {
            passing.append(text.unseenRowCount)
            text.appendUnseenTokens(to: &rows)
        }
        var x = rows.isEmpty ? Tensor([], rows: 0, columns: 0) : model.embed(rows.span)
        var layer = 0
        while let end = nextBorder(texts, after: layer) {
            x = joined(texts, x, at: layer)
            if x.rows > 0 { x = run(layer..<end, x) }
            layer = end
        }
        // Texts with fewer layers have already left the pass.
        if texts.contains(where: { $0.output != nil }) { x = withOutputs(texts, x) }
        return logits(x)
    }

    /// The next layer at which rows join or leave.
    private func nextBorder(_ texts: [TokenStream], after layer: Int) -> Int? {
        var border = Int.max
        for text in texts {
            if text.draft.layersSeen > layer { border = min(border, text.draft.layersSeen) }
            if text.layerCount > layer { border = min(border, text.layerCount) }
        }
        return border == .max ? nil : border
    }

    /// Returns the rows that run through the layers from `layer` on: removes rows of texts that end here, and adds rows
    /// that drafting has already run through the layers before.
    private mutating func joined(_ texts: [TokenStream], _ x: Tensor, at layer: Int) -> Tensor {
        parts.removeAll(keepingCapacity: true)
        memory.removeAll()
        var isChanged = false
        var start = 0
        for (index, text) in texts.enumerated() where passing[index] > 0 || text.draft.layersSeen == layer {
            let rows = start..<start + passing[index]
            start = rows.upperBound
            if text.layerCount <= layer {
                text.output = x[rows: rows]
                passing[index] = 0
                isChanged = true
                continue
            }
            if layer > 0, text.draft.layersSeen == layer {
                parts += text.draft.hidden
                passing[index] += text.draft.rowsSeen
                isChanged = true
            }
            guard passing[index] > 0 else { continue }
            if !rows.isEmpty { parts.append(x[rows: rows]) }
            memory.addRows(passing[index], of: text.cache)
        }
        defer { parts.removeAll(keepingCapacity: true) }
        return isChanged ? model.compute.stacked(parts) : x
    }

    /// Returns the rows of all texts after their last layers, including those that have left the pass.
    private mutating func withOutputs(_ texts: [TokenStream], _ x: Tensor) -> Tensor {
        parts.removeAll(keepingCapacity: true)
        var start = 0
        for (index, text) in texts.enumerated() {
            let rows = start..<start + passing[index]
            start = rows.upperBound
            parts.append(text.output ?? x[rows: rows])
            text.output = nil
        }
        defer { parts.removeAll(keepingCapacity: true) }
        return model.compute.stacked(parts)
    }
}
