import CTensorKernels

/// Consecutive blocks, run on the rows of a pass in one parallel region.
///
/// A block takes five steps: the projections of attention, attention, its output, gate and up, and down. Rows are
/// normalized and converted to the form that products read before a step; if they are few, each thread does this for
/// itself, which takes less time than waiting for others.
struct BlocksJob: ParallelJob, @unchecked Sendable {
    private let blocks: UnsafeBufferPointer<BlockAddresses>
    private let x: UnsafePointer<Float>
    private let result: UnsafeMutablePointer<Float>
    private let rows: Int
    private let places: BlocksMemory.Places
    private let attention: AttentionSteps
    private let kernels: KernelTable
    private let threads: Int

    /// - Parameters:
    ///   - x: [rows, width]
    ///   - result: [rows, width]
    init(
        blocks: UnsafeBufferPointer<BlockAddresses>, x: UnsafePointer<Float>, result: UnsafeMutablePointer<Float>,
        rows: Int, places: BlocksMemory.Places, attention: AttentionSteps, on context: ComputeContext
    ) {
        self.blocks = blocks
        self.x = x
        self.result = result
        self.rows = rows
        self.places = places
        self.attention = attention
        kernels = context.kernels
        threads = context.pool.threadCount
    }

    func run(_ thread: inout RegionThread) {
        var input = x
        for index in blocks.indices {
            attend(index, input, in: &thread)
            feedForward(index, in: &thread)
            input = UnsafePointer(result)
        }
    }

    /// middle = x + output(attention(norm(x)))
    private func attend(_ index: Int, _ x: UnsafePointer<Float>, in thread: inout RegionThread) {
        let block = blocks.baseAddress.unsafelyUnwrapped + index
        let (query, key, value) = (block.pointee.query, block.pointee.key, block.pointee.value)
        let (output, gate) = (block.pointee.output, block.pointee.gate)
        let member = thread.member
        var input = prepare(
            x, norm: block.pointee.attentionNorm, columns: query.columns, block.pointee.attentionForms, in: &thread)
        var mixed: InputRows
        if let heads = KeyValueHeads(block, attention, threads: threads) {
            // A thread computes all of a KV head, which no other thread needs to see.
            let result = preparedTogether(places.mixed, columns: output.columns, block.pointee.mixedForms)
            mixed = InputRows(result, isReady: true)
            thread.share(heads.count, grain: 1) { items in
                for head in items {
                    multiply(query, query.panels(of: heads.queries(head)), &input, into: places.queries)
                    multiply(key, key.panels(of: heads.keys(head)), &input, into: places.keys)
                    multiply(value, value.panels(of: heads.keys(head)), &input, into: places.values)
                    attention.compute(head, places.layers[index])
                    result.compute(columns: heads.queries(head))
                }
            } whileWaiting: {
                output.prefetch(share: member, of: threads)
            }
        } else {
            let (keys, values) = (query.panels, query.panels + key.panels)
            share(values + value.panels, of: query.panelBytes, in: &thread) { panels in
                multiply(query, panels, startingAt: 0, &input, into: places.queries)
                multiply(key, panels, startingAt: keys, &input, into: places.keys)
                multiply(value, panels, startingAt: values, &input, into: places.values)
            }
            attention.share(places.layers[index], in: &thread)
            mixed = prepare(
                UnsafePointer(places.mixed), norm: nil, columns: output.columns, block.pointee.mixedForms, in: &thread)
        }
        add(output, &mixed, to: x, block.pointee.attentionResidual, into: places.middle, in: &thread) {
            gate.prefetch(share: member, of: threads)
        }
    }

    /// result = middle + down(activation(gate(norm(middle))) * up(norm(middle)))
    private func feedForward(_ index: Int, in thread: inout RegionThread) {
        let block = blocks.baseAddress.unsafelyUnwrapped + index
        let (gate, up, down) = (block.pointee.gate, block.pointee.up, block.pointee.down)
        let middle = UnsafePointer(places.middle)
        let member = thread.member
        var input = prepare(
            middle, norm: block.pointee.mlpNorm, columns: gate.columns, block.pointee.mlpForms, in: &thread)
        let activation = ActivationStep(
            gate: places.gate, up: UnsafePointer(places.up), rows: rows, columns: gate.rows,
            activation: block.pointee.activation, kernels: kernels)
        // The thread that computes columns also prepares them for the next product, if it has all that belong together.
        let together = max(1, block.pointee.hiddenForms.columnsTogether / gate.panelRows)
        let isDivisible =
            (gate.panels + together - 1) / together >= 4 * threads
            || gate.panels.isMultiple(of: together * threads)
        let activated = preparedTogether(places.gate, columns: down.columns, block.pointee.hiddenForms)
        share(gate.panels, of: gate.panelBytes + up.panelBytes, together: isDivisible ? together : 1, in: &thread) {
            panels in
            multiply(gate, panels, &input, into: places.gate)
            multiply(up, panels, &input, into: places.up)
            let columns = gate.columns(of: panels)
            activation.compute(columns: columns)
            if isDivisible { activated.compute(columns: columns) }
        } whileWaiting: {
            down.prefetch(share: member, of: threads)
        }
        var hidden = InputRows(activated, isReady: true)
        if !isDivisible {
            hidden = prepare(
                UnsafePointer(places.gate), norm: nil, columns: down.columns, block.pointee.hiddenForms, in: &thread)
        }
        add(down, &hidden, to: middle, block.pointee.mlpResidual, into: result, in: &thread) {
            if index + 1 < blocks.count { blocks[index + 1].query.prefetch(share: member, of: threads) }
        }
    }

    /// target = x + scale * norm(rows weights^T)
    private func add(
        _ weights: PanelWeights, _ input: inout InputRows, to x: UnsafePointer<Float>,
        _ residual: BlockAddresses.Residual, into target: UnsafeMutablePointer<Float>, in thread: inout RegionThread,
        whileWaiting: () -> Void
    ) {
        let summand = residual.changes ? nil : x
        share(weights.panels, of: weights.panelBytes, in: &thread) { panels in
            multiply(weights, panels, &input, into: target, addingTo: summand)
        } whileWaiting: {
            whileWaiting()
        }
        guard residual.changes else { return }
        let width = weights.rows
        thread.share(rows, grain: 1) { rows in
            for row in rows {
                let (x, target) = (x + row * width, target + row * width)
                residual.norm?.apply(UnsafePointer(target), target, kernels)
                if residual.scale != 1 { kernels.functions.pointee.scale(residual.scale, width, target) }
                kernels.functions.pointee.add(x, width, target)
            }
        }
    }

    private func multiply(
        _ weights: PanelWeights, _ panels: Range<Int>, _ input: inout InputRows,
        into target: UnsafeMutablePointer<Float>, addingTo summand: UnsafePointer<Float>? = nil
    ) {
        weights.compute(
            panels: panels, input.activations(for: weights.format), count: rows, into: target, addingTo: summand)
    }

    /// Computes a product's part of a range of several products' panels, among which its own begin at `start`.
    private func multiply(
        _ weights: PanelWeights, _ panels: Range<Int>, startingAt start: Int, _ input: inout InputRows,
        into target: UnsafeMutablePointer<Float>
    ) {
        let own = panels.clamped(to: start..<start + weights.panels)
        guard !own.isEmpty else { return }
        multiply(weights, own.lowerBound - start..<own.upperBound - start, &input, into: target)
    }

    /// Normalizes rows, if requested, and converts them to forms that products read, at once or with the first product.
    private func prepare(
        _ x: UnsafePointer<Float>, norm: NormAddresses?, columns: Int, _ forms: ActivationForms,
        in thread: inout RegionThread
    ) -> InputRows {
        let isOwn = BlocksMemory.eachThreadPrepares(rows: rows, columns: columns)
        let memory = places.own(isOwn ? thread.member : 0)
        let preparation = RowPreparation(
            x, norm: norm, normed: memory.normed, rows: rows, columns: columns, forms, at: memory.prepared, kernels)
        if !isOwn { preparation.share(in: &thread) }
        return InputRows(preparation, isReady: !isOwn)
    }

    /// Rows that are prepared column by column, by the threads that compute the columns.
    private func preparedTogether(
        _ x: UnsafeMutablePointer<Float>, columns: Int, _ forms: ActivationForms
    ) -> RowPreparation {
        RowPreparation(
            UnsafePointer(x), norm: nil, normed: x, rows: rows, columns: columns, forms, at: places.together, kernels)
    }

    /// Divides panels between the threads, in pieces that are large enough to be worth their counting, and small enough
    /// that other threads can take over work from those that the system slows down.
    ///
    /// - Parameters:
    ///   - bytes: those of a panel.
    ///   - together: panels that are not separated.
    private func share(
        _ panels: Int, of bytes: Int, together: Int = 1, in thread: inout RegionThread, _ body: (Range<Int>) -> Void,
        whileWaiting: () -> Void = {}
    ) {
        let units = (panels + together - 1) / together
        let even = (units + threads - 1) / threads
        let least = Self.leastBytesTogether / (bytes * together * max(1, rows / 4))
        thread.share(panels, grain: Self.grain(of: even, least: least) * together, body, whileWaiting: whileWaiting)
    }

    /// Returns the units to take at once of a share of `even` units: at least `least` of them, at most eight times, and
    /// so that the shares stay even. Otherwise, a thread would soon take over another's units, whose weights are in the
    /// other's cache.
    private static func grain(of even: Int, least: Int) -> Int {
        var times = max(1, min(8, even / max(1, least)))
        while times > 1, (even + times - 1) / times * times - even > even / 32 { times -= 1 }
        return (even + times - 1) / times
    }

    /// Takes one or two microseconds to multiply with a few rows.
    private static let leastBytesTogether = 1 << 16
}
