/// All blocks of a model with packed weights, which run on the rows of a pass in one parallel region.
///
/// Small models spend more time between products than in them: in opening regions, allocating results and counting
/// references. Here, a pass has one region, one piece of memory, and no references. The results are bit for bit those of
/// the operations one by one.
package final class BlockStack: Sendable {
    /// Keeps the weights alive.
    private let weights: [BlockWeights]
    private let addresses: [BlockAddresses]
    /// The rotations of all layers, without duplicates, and for each layer the index of its own.
    private let rotaries: [RotaryEmbedding]
    private let rotaryOfLayer: [Int]
    private let windows: [Int?]
    /// All forms of activations, by the kind of rows.
    private let forms: (width: ActivationForms, mixed: ActivationForms, hidden: ActivationForms)
    private let width: Int
    private let hiddenWidth: Int

    /// nil if there are no blocks, or not all of their matrices are packed.
    package init?(_ blocks: [BlockWeights]) {
        var addresses: [BlockAddresses] = []
        var rotaries: [RotaryEmbedding] = []
        var rotaryOfLayer: [Int] = []
        for block in blocks {
            guard let block = BlockAddresses(block) else { return nil }
            addresses.append(block)
        }
        guard let first = addresses.first else { return nil }
        for block in blocks {
            let rotary = block.attention.rule.rotary
            let index = rotaries.firstIndex { $0 === rotary } ?? rotaries.endIndex
            if index == rotaries.endIndex { rotaries.append(rotary) }
            rotaryOfLayer.append(index)
        }
        var forms = (width: first.attentionForms, mixed: first.mixedForms, hidden: first.hiddenForms)
        for block in addresses {
            forms.width.formUnion(block.attentionForms)
            forms.width.formUnion(block.mlpForms)
            forms.mixed.formUnion(block.mixedForms)
            forms.hidden.formUnion(block.hiddenForms)
        }
        weights = blocks
        self.addresses = addresses
        self.rotaries = rotaries
        self.rotaryOfLayer = rotaryOfLayer
        self.forms = forms
        windows = blocks.map(\.attention.rule.window)
        width = first.query.columns
        hiddenWidth = first.gate.rows
    }

    /// Runs blocks `layers`: x [n, width] -> [n, width].
    ///
    /// - Parameter texts: the rows of each text, in order; they have room for these positions in all of the layers.
    package func callAsFunction(
        _ layers: Range<Int>, _ x: Tensor, of texts: Span<CachedRows>, on context: ComputeContext
    ) -> Tensor {
        precondition(x.columns == width && !x.isRecorded, "rows of the model's width")
        let cache = texts[0]
        let result = Tensor(rows: x.rows, columns: width, on: context)
        let memory = BlocksMemory(
            rows: x.rows, width: width, hiddenWidth: hiddenWidth,
            rotated: rotaries.reduce(0) { $0 + $1.dimensionCount }, layers: layers.count, cache.shape, forms: forms,
            on: context)
        let storage = context.memory.take(byteCount: memory.byteCount)
        BatchTexts.with(texts, layer: layers.lowerBound) { batch in
            precondition(batch.rowCount == x.rows, "a position for each row")
            AttentionBlocks.with(batch, cache.shape, threads: context.pool.threadCount) { blocks, mostParts in
                let parts = AttentionParts(count: mostParts, cache.shape, on: context)
                let places = memory.places(in: storage)
                let storing = CacheStoring(
                    queries: (UnsafePointer(places.queries), places.queries),
                    keys: (UnsafePointer(places.keys), places.keys), values: UnsafePointer(places.values),
                    texts: batch, cache, on: context)
                let attention = AttentionSteps(
                    storing, queries: UnsafePointer(places.queries), result: places.mixed, blocks, parts, cache,
                    on: context)
                describeAttention(of: layers, texts, rows: x.rows, in: places)
                addresses.withUnsafeBufferPointer { addresses in
                    context.pool.run(
                        BlocksJob(
                            blocks: UnsafeBufferPointer(rebasing: addresses[layers]), x: UnsafePointer(x.pointer),
                            result: result.pointer, rows: x.rows, places: places, attention: attention, on: context))
                }
                withExtendedLifetime(parts) {}
            }
        }
        withExtendedLifetime((storage, weights)) {}
        return result
    }

    /// Writes what attention needs to know of each layer.
    private func describeAttention(
        of layers: Range<Int>, _ texts: Span<CachedRows>, rows: Int, in places: BlocksMemory.Places
    ) {
        var angles = places.angles
        for (index, rotary) in rotaries.enumerated() {
            rotary.writeAngles(of: texts, to: angles)
            for layer in layers where rotaryOfLayer[layer] == index {
                let rule = PositionRule(rotary, window: windows[layer])
                var attention = LayerAttention(rule, angles: UnsafePointer(angles))
                attention.layersAhead = layer - layers.lowerBound
                attention.queryNorm = addresses[layer].queryNorm
                attention.keyNorm = addresses[layer].keyNorm
                attention.queryScale = addresses[layer].queryScale
                (places.layers + attention.layersAhead).initialize(to: attention)
            }
            angles += rows * rotary.dimensionCount
        }
    }
}
