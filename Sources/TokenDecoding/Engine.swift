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
    /// What drafts can run besides the model's layers and head.
    package let parts: DraftParts<Model>
    /// The format of keys and values in caches.
    package let cacheFormat: CacheFormat
    /// The costs of the passes so far.
    package internal(set) var costs: CostModel
    private let fixedCosts: CostModel
    private let pages = CachePagePool()
    // Refilled in each step, to reuse their memory.
    private var memory: BatchMemory
    private var rows: [Token] = []
    private var hiddenRows: [Tensor] = []
    /// For each text, the pass that its draft requests.
    private var wanted: [DraftPass?] = []
    /// The head of the draft vocabulary.
    private var draftHead: DraftHead?
    /// For each text, the number of its rows in the current pass.
    var passing: [Int] = []

    /// Creates an engine without texts.
    ///
    /// - Parameters:
    ///   - parts: what drafts can run besides the model's layers and head.
    ///   - costs: predicts the duration of passes, and learns from those of this engine.
    package init(
        _ model: Model, parts: DraftParts<Model> = DraftParts(), cacheFormat: CacheFormat = .standard,
        costs: CostModel = CostModel()
    ) {
        self.model = model
        self.parts = parts
        self.cacheFormat = cacheFormat
        self.costs = costs
        var fixedCosts = costs.isFixed ? costs : .typical()
        fixedCosts.exitBlock = model.exitBlock
        self.fixedCosts = fixedCosts
        draftHead = parts.vocabulary.map { DraftHead($0, for: model) }
        memory = BatchMemory(for: model)
        rows.reserveCapacity(Self.reservedRows)
        expectCosts()
    }

    /// Rows of a pass to reserve memory for; longer passes take more as needed.
    private static var reservedRows: Int { 512 }

    /// Creates an empty text, which only this engine may step.
    ///
    /// - Parameters:
    ///   - exitLayer: the number of layers that determine the text; nil for all.
    ///   - exitRule: where tokens leave the model early; nil if none do. With it there must be no drafts.
    ///   - context: the most tokens that the text may have; nil for the model's context.
    ///   - hashesLogits: whether to keep ``TokenStream/logitHashes``.
    /// - Throws: ``ExitLayerError``, or ``GenerationError`` if a sampling option is out of range.
    package func makeText(
        exitLayer: Int? = nil, exitRule: ExitRule? = nil, drafter: any Drafter = NoDrafter(),
        sampling: Sampling = .greedy,
        acceptance: Acceptance = .coupled, context: Int? = nil, hashesLogits: Bool = false
    ) throws -> TokenStream {
        let layerCount = exitLayer ?? model.layerCount
        try ExitLayerError.check(layerCount, layerCount: model.layerCount)
        try exitRule?.validate()
        try exitRule?.check(layerCount: layerCount)
        return try makeText(
            layerCount: layerCount, exitRule: exitRule, drafter, sampling, acceptance, context: context,
            hashesLogits: hashesLogits, residual: Distribution.residual)
    }

    /// Creates a text with another rule for rejections, for a test's counter-example.
    func makeText(
        layerCount: Int, exitRule: ExitRule? = nil, _ drafter: any Drafter, _ sampling: Sampling,
        _ acceptance: Acceptance, context: Int? = nil, hashesLogits: Bool, residual: @escaping TokenStream.Residual
    ) throws(GenerationError) -> TokenStream {
        let sampler = try Sampler(sampling, acceptance: acceptance, vocabularySize: model.vocabularySize)
        let cache = KVCache(
            for: model, layerCount: layerCount, format: cacheFormat, context: context, pool: pages)
        return TokenStream(
            model, layerCount: layerCount, exitRule: exitRule, drafter: drafter, sampler: sampler, cache: cache,
            hashesLogits: hashesLogits, residual: residual)
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
        for text in texts {
            text.beginRound()
            text.beginObserving(texts: texts.count, costs)
        }
        draft(texts, report)
        let drafted = stopwatch.seconds
        let logits = verify(texts)
        observe(texts)
        let verified = stopwatch.seconds
        var row = 0
        for text in texts {
            let early = text.leaving?.departure?.logits
            text.acceptAndTruncate(
                early ?? logits, firstRow: early == nil ? row : 0, on: model.compute, stopwatch, drafted: drafted,
                verified: verified,
                plainSeconds: texts.count == 1 ? costs.plain(layers: text.layerCount, texts: 1) : nil)
            if early == nil { row += text.draft.tokens.count + 1 }
            text.endRound(&draftHead, of: model)
        }
        countObserving(texts)
    }
}

// MARK: Drafting

extension Engine {
    /// Drafts for all texts. Texts that draft on the same path run in one batch.
    private mutating func draft(_ texts: [TokenStream], _ report: (Int, Token, DraftSource) -> Void) {
        while true {
            wanted.removeAll(keepingCapacity: true)
            for (index, text) in texts.enumerated() {
                // Drafts influence texts sampled with rejections, which must depend neither on the machine's speed nor
                // on other texts.
                let isFixed = text.sampler.acceptance == .rejection
                wanted.append(
                    text.continueDraft(texts: isFixed ? 1 : texts.count, isFixed ? fixedCosts : costs) {
                        report(index, $0, .lookup)
                    })
            }
            guard wanted.contains(where: { $0 != nil }) else { break }
            while case let pass?? = wanted.first(where: { $0 != nil }) { draft(texts, by: pass, report) }
        }
        for text in texts { text.endDraft() }
    }

    /// Drafts for each text that requests this pass: one more token, or those that replace the drafted ones.
    private mutating func draft(
        _ texts: [TokenStream], by pass: DraftPass, _ report: (Int, Token, DraftSource) -> Void
    ) {
        rows.removeAll(keepingCapacity: true)
        memory.removeAll()
        for (index, text) in texts.enumerated() where wanted[index] == pass {
            memory.addRows(text.unseenRowCount, of: text.cache)
            text.appendUnseenTokens(to: &rows)
            if pass.path.usesDraftVocabulary {
                text.includeTokens(upTo: text.tokens.count, in: &draftHead, of: model)
            }
        }
        let (hidden, output) = runDraft(texts, model.embed(rows.span), on: pass.path)
        if !pass.checksTokens {
            hiddenRows.removeAll(keepingCapacity: true)
            var end = 0
            for (index, text) in texts.enumerated() where wanted[index] == pass {
                end += text.unseenRowCount
                hiddenRows.append(output[rows: end - 1..<end])
            }
        }
        let isWhole = pass.checksTokens || hiddenRows.count == hidden.rows
        let logits = logits(isWhole ? output : model.compute.stacked(hiddenRows), on: pass.path)
        let choices = pass.path.usesDraftVocabulary ? draftHead?.tokens : nil
        let stopwatch = Stopwatch()
        let count = logits.rows
        var (row, start) = (0, 0)
        for (index, text) in texts.enumerated() where wanted[index] == pass {
            let rows = start..<start + text.unseenRowCount
            if pass.checksTokens {
                text.checkDraft(hidden: hidden[rows: rows], logits, row: start, of: choices, on: model.compute) {
                    report(index, $0, .cascade)
                }
            } else {
                text.takeDraft(hidden: hidden[rows: rows], logits, row: row, of: choices, on: model.compute) {
                    report(index, $0, $1)
                }
            }
            wanted[index] = nil
            start = rows.upperBound
            row += 1
        }
        hiddenRows.removeAll(keepingCapacity: true)
        costs.count(draftingToken: stopwatch.seconds / Double(count))
    }
}

// MARK: Passes

extension Engine {
    /// States the shares from which the costs of drafts are estimated until they are measured.
    mutating func expectCosts() {
        costs.exitBlock = model.exitBlock
        costs.expect(
            lowBitShare: parts.lowBit.map { Double($0.bytesReadPerToken) / Double(max(1, model.bytesReadPerToken)) },
            vocabularyShare: parts.vocabulary.map { Double($0.tokens.count) / Double(model.vocabularySize) })
    }

    /// Runs rows of the batch through some layers.
    ///
    /// - Parameter readsExit: whether the head reads the exit after them.
    /// - Returns: the input of the next layer, and that of the head, which is the same without an exit block.
    mutating func run(
        _ layers: Range<Int>, _ x: Tensor, on path: DraftPath? = nil, readsExit: Bool = false
    ) -> (hidden: Tensor, output: Tensor) {
        let stopwatch = Stopwatch()
        var count = layers.count
        let result: (hidden: Tensor, output: Tensor)
        if path?.weights == .lowBit, let lowBit = parts.lowBit {
            let x = lowBit.run(layers, x, &memory)
            result = (x, x)
        } else if readsExit {
            result = model.runToExit(layers, x, &memory)
            // An exit block takes as long as a layer.
            if layers.upperBound == model.exitBlock { count += 1 }
        } else {
            let x = model.pass(layers, x, &memory)
            result = (x, x)
        }
        costs.count(layers: count, rows: x.rows, on: path, seconds: stopwatch.seconds)
        return result
    }

    mutating func logits(_ x: Tensor, on path: DraftPath? = nil) -> Tensor {
        let stopwatch = Stopwatch()
        let result: Tensor
        if path?.usesDraftVocabulary == true, draftHead != nil {
            // A copy of the optional would copy the head.
            result = model.logits(x, of: draftHead!)
        } else if path?.weights == .lowBit, let lowBit = parts.lowBit {
            result = lowBit.logits(x)
        } else {
            result = model.logits(x)
        }
        costs.count(headRows: x.rows, on: path, seconds: stopwatch.seconds)
        return result
    }
}

// MARK: Verification

extension Engine {
    /// Runs the pending and all drafted tokens of all texts through the layers that they have not been through:
    /// [drafted + 1 of each text, vocabulary]. Rows join the pass at their next layer, and leave it after their text's
    /// last layer. Texts whose pending token leaves early keep its logits themselves.
    private mutating func verify(_ texts: [TokenStream]) -> Tensor {
        for text in texts where text.leaving != nil { catchUp(text, ifMoreThan: Self.mostWaitingRows) }
        rows.removeAll(keepingCapacity: true)
        passing.removeAll(keepingCapacity: true)
        for text in texts {
            passing.append(text.unseenRowCount)
            text.appendUnseenTokens(to: &rows)
        }
        var x = rows.isEmpty ? Tensor([], rows: 0, columns: 0) : model.embed(rows.span)
        // What the head reads at the current layer.
        var output = x
        var layer = 0
        while let end = nextBorder(texts, after: layer) {
            if layer > 0 { letLeave(texts, x, output, at: layer) }
            x = joined(texts, x, output, at: layer)
            output = x
            // The first layers run what has just drafted.
            let path = texts.contains { $0.draft.layersSeen >= end } ? DraftPath(layers: end) : nil
            if x.rows > 0 { (x, output) = run(layer..<end, x, on: path, readsExit: readsExit(texts, at: end)) }
            if texts.count == 1 { texts[0].observed.append(output, at: end) }
            layer = end
        }
        // Texts with fewer layers have already left the pass.
        if texts.contains(where: { $0.output != nil || $0.leaving != nil }) { output = withOutputs(texts, output) }
        return output.rows > 0 ? logits(output) : output
    }

    /// Whether verification needs logits of an exit with a block: if a text ends there, may leave there, or is observed
    /// there.
    private func readsExit(_ texts: [TokenStream], at layer: Int) -> Bool {
        guard layer == model.exitBlock else { return false }
        return texts.contains { text in
            text.layerCount == layer || text.observed.exitLayers.contains(layer)
                || text.leaving?.rule.exitLayers.contains(layer) == true
        }
    }

    /// The next layer at which rows join or leave.
    private func nextBorder(_ texts: [TokenStream], after layer: Int) -> Int? {
        var border = Int.max
        for text in texts {
            if text.draft.layersSeen > layer { border = min(border, text.draft.layersSeen) }
            if text.layerCount > layer { border = min(border, text.layerCount) }
            for exit in text.observed.exitLayers where exit > layer { border = min(border, exit) }
            guard let leaving = text.leaving, leaving.departure == nil else { continue }
            for exit in leaving.rule.exitLayers where exit > layer && exit < text.layerCount {
                border = min(border, exit)
            }
        }
        return border == .max ? nil : border
    }

    /// Returns the rows that run through the layers from `layer` on: removes rows of texts that end here, and adds rows
    /// that drafting has already run through the layers before.
    ///
    /// - Parameters:
    ///   - x: the output rows of the layers before.
    ///   - output: what the head reads of them.
    private mutating func joined(_ texts: [TokenStream], _ x: Tensor, _ output: Tensor, at layer: Int) -> Tensor {
        hiddenRows.removeAll(keepingCapacity: true)
        memory.removeAll()
        var isChanged = false
        var start = 0
        for (index, text) in texts.enumerated() where passing[index] > 0 || text.draft.layersSeen == layer {
            let rows = start..<start + passing[index]
            start = rows.upperBound
            if text.layerCount <= layer {
                text.output = output[rows: rows]
                passing[index] = 0
                isChanged = true
                continue
            }
            if text.leaving?.departure?.exitLayer == layer {
                passing[index] = 0
                isChanged = true
                continue
            }
            if layer > 0, let waiting = text.leaving?.waiting.take(at: layer), waiting.count > 0 {
                hiddenRows += waiting.rows
                passing[index] += waiting.count
                isChanged = true
            }
            if layer > 0, text.draft.layersSeen == layer {
                hiddenRows += text.draft.hidden
                passing[index] += text.draft.rowsSeen
                isChanged = true
            }
            guard passing[index] > 0 else { continue }
            if !rows.isEmpty { hiddenRows.append(x[rows: rows]) }
            memory.addRows(passing[index], of: text.cache)
        }
        defer { hiddenRows.removeAll(keepingCapacity: true) }
        return isChanged ? model.compute.stacked(hiddenRows) : x
    }

    /// Returns the rows of all texts after their last layers, including those that have left the pass. Of texts whose
    /// tokens may leave early, these are the pending tokens' alone.
    private mutating func withOutputs(_ texts: [TokenStream], _ x: Tensor) -> Tensor {
        hiddenRows.removeAll(keepingCapacity: true)
        var start = 0
        for (index, text) in texts.enumerated() {
            let rows = start..<start + passing[index]
            start = rows.upperBound
            let output = text.output ?? x[rows: rows]
            text.output = nil
            guard text.leaving != nil else {
                hiddenRows.append(output)
                continue
            }
            if output.rows > 0 { hiddenRows.append(output[rows: output.rows - 1..<output.rows]) }
        }
        defer { hiddenRows.removeAll(keepingCapacity: true) }
        return model.compute.stacked(hiddenRows)
    }
}
