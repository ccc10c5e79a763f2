import CTensorKernels

extension ComputeContext {
    /// norm(x) w^T + summand: [n, columns] by [rows, columns] -> [n, rows]. Packed weights take one parallel region,
    /// but pass no gradients on.
    package func linear(
        _ x: Tensor, norm: RMSNorm? = nil, _ weights: Matrix, addingTo summand: Tensor? = nil
    ) -> Tensor {
        switch weights {
        case .packed(let weights): linear(x, norm: norm, weights, addingTo: summand)
        case .half(let weights): linear(norm.map { rmsNorm(x, $0) } ?? x, weights, addingTo: summand)
        case .unpacked(let weights): linear(norm.map { rmsNorm(x, $0) } ?? x, weights, addingTo: summand)
        }
    }

    /// x w^T + bias + summand.
    package func linear(_ x: Tensor, _ layer: Projection, addingTo summand: Tensor?) -> Tensor {
        linear(x, layer, addingTo: summand, recomputed: nil)
    }

    /// - Parameter recomputed: recomputes x in the backward pass, so that x need not be kept.
    func linear(
        _ x: Tensor, _ layer: Projection, addingTo summand: Tensor? = nil, recomputed: RecomputedTensor?
    ) -> Tensor {
        var result =
            switch layer.weights {
            case .packed(let weights): linear(x, weights, addingTo: summand)
            case .half(let weights): linear(x, weights, addingTo: summand)
            case .unpacked(let weights): linear(x, weights, addingTo: summand, recomputed: recomputed)
            }
        if let bias = layer.bias { result = add(result, row: bias) }
        return layer.adapter.map { adding($0, of: x, to: result, recomputed: recomputed) } ?? result
    }

    /// Applies three linear layers, such as those of attention, to the same activations.
    package func linears(
        _ x: Tensor, norm: RMSNorm, _ first: Projection, _ second: Projection, _ third: Projection
    ) -> (Tensor, Tensor, Tensor) {
        if case .packed(let w0) = first.weights, case .packed(let w1) = second.weights,
            case .packed(let w2) = third.weights
        {
            return linears(x, norm: norm, w0, w1, w2, biases: (first.bias, second.bias, third.bias))
        }
        let normed = rmsNorm(x, norm)
        let recomputed = normed.isRecorded ? recomputedNorm(of: x, norm) : nil
        return (
            linear(normed, first, recomputed: recomputed), linear(normed, second, recomputed: recomputed),
            linear(normed, third, recomputed: recomputed)
        )
    }

    /// Applies two linear layers to the same activations.
    package func linears(
        _ x: Tensor, norm: RMSNorm, _ first: Projection, _ second: Projection
    ) -> (Tensor, Tensor) {
        if case .packed(let w0) = first.weights, case .packed(let w1) = second.weights {
            return linears(x, norm: norm, w0, w1, biases: (first.bias, second.bias))
        }
        let normed = rmsNorm(x, norm)
        let recomputed = normed.isRecorded ? recomputedNorm(of: x, norm) : nil
        return (linear(normed, first, recomputed: recomputed), linear(normed, second, recomputed: recomputed))
    }
}

extension ComputeContext {
    /// norm(x) w^T + summand with packed weights, in one parallel region.
    package func linear(
        _ x: Tensor, norm: RMSNorm? = nil, _ weights: PackedMatrix, addingTo summand: Tensor? = nil
    ) -> Tensor {
        let rows = PreparedRows(x, norm: norm, for: weights, on: self)
        let result = Tensor(rows: x.rows, columns: weights.rows, on: self)
        let product = PanelProduct(weights, rows, into: result, addingTo: summand)
        withExtendedLifetime(rows) { pool.run(ProductJob(rows.preparation, on: self, product, nil, nil)) }
        record(rows, multipliedBy: weights)
        return result
    }

    /// Computes three products with the same activations in one parallel region; the weights' formats may differ.
    ///
    /// - Parameter biases: [1, rows] of each product, added in the same region.
    package func linears(
        _ x: Tensor, norm: RMSNorm? = nil, _ first: PackedMatrix, _ second: PackedMatrix, _ third: PackedMatrix,
        biases: (Tensor?, Tensor?, Tensor?) = (nil, nil, nil)
    ) -> (Tensor, Tensor, Tensor) {
        let rows = PreparedRows(x, norm: norm, for: first, second, third, on: self)
        let results = (
            Tensor(rows: x.rows, columns: first.rows, on: self), Tensor(rows: x.rows, columns: second.rows, on: self),
            Tensor(rows: x.rows, columns: third.rows, on: self)
        )
        let product0 = PanelProduct(first, rows, into: results.0, bias: biases.0)
        let product1 = PanelProduct(second, rows, into: results.1, bias: biases.1)
        let product2 = PanelProduct(third, rows, into: results.2, bias: biases.2)
        withExtendedLifetime(rows) {
            pool.run(ProductJob(rows.preparation, on: self, product0, product1, product2))
        }
        record(rows, multipliedBy: first)
        record(rows, multipliedBy: second)
        record(rows, multipliedBy: third)
        return results
    }

    /// Computes two products with the same activations in one parallel region; the weights' formats may differ.
    package func linears(
        _ x: Tensor, norm: RMSNorm? = nil, _ first: PackedMatrix, _ second: PackedMatrix,
        biases: (Tensor?, Tensor?) = (nil, nil)
    ) -> (Tensor, Tensor) {
        let rows = PreparedRows(x, norm: norm, for: first, second, on: self)
        let results = (
            Tensor(rows: x.rows, columns: first.rows, on: self), Tensor(rows: x.rows, columns: second.rows, on: self)
        )
        let product0 = PanelProduct(first, rows, into: results.0, bias: biases.0)
        let product1 = PanelProduct(second, rows, into: results.1, bias: biases.1)
        withExtendedLifetime(rows) {
            pool.run(ProductJob(rows.preparation, on: self, product0, product1, nil))
        }
        record(rows, multipliedBy: first)
        record(rows, multipliedBy: second)
        return results
    }

    /// Panels that a thread takes at once: few enough that other threads can take over work from those that the system
    /// slows down.
    func grain(_ panels: Int) -> Int { max(1, panels / (pool.threadCount * 8)) }
}

/// Prepares rows, then computes the panels of up to three products as if their weights were one matrix.
private struct ProductJob: ParallelJob {
    private let rows: RowPreparation
    private let first: PanelProduct
    private let second: PanelProduct?
    private let third: PanelProduct?
    /// In the numbering of all panels: where those of the second and third product begin, and where all end.
    private let (secondStart, thirdStart, end): (Int, Int, Int)
    private let grain: Int

    init(
        _ rows: RowPreparation, on context: ComputeContext, _ first: PanelProduct, _ second: PanelProduct?,
        _ third: PanelProduct?
    ) {
        self.rows = rows
        self.first = first
        self.second = second
        self.third = third
        secondStart = first.panels
        thirdStart = secondStart + (second?.panels ?? 0)
        end = thirdStart + (third?.panels ?? 0)
        grain = context.grain(end)
    }

    func run(_ thread: inout RegionThread) {
        rows.share(in: &thread)
        thread.share(end, grain: grain) { panels in
            first.compute(panels, startingAt: 0)
            second?.compute(panels, startingAt: secondStart)
            third?.compute(panels, startingAt: thirdStart)
        }
    }
}

extension PanelProduct {
    /// Computes this product's part of a range of all panels, among which its own begin at `start`.
    fileprivate func compute(_ panels: Range<Int>, startingAt start: Int) {
        let own = panels.clamped(to: start..<start + self.panels)
        if !own.isEmpty { compute(panels: own.lowerBound - start..<own.upperBound - start) }
    }
}
