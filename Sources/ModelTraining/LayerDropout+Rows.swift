package import TensorCore

extension LayerDropout {
    /// Runs a layer on some sequences of a batch. The others are taken out before and put back after, as they were:
    /// they cost nothing.
    ///
    /// - Parameters:
    ///   - layer: makes of rows [m * length, width], whole sequences, as many of the next layer.
    ///   - x: [sequences * length, width].
    ///   - kept: which sequences of the batch the layer is run on, ascending.
    ///   - length: rows of a sequence.
    /// - Returns: [sequences * length, width].
    package static func run(
        _ layer: (Tensor) -> Tensor, on x: Tensor, kept: [Int], length: Int, _ compute: ComputeContext
    ) -> Tensor {
        if kept.isEmpty { return x }
        if kept.count * length == x.rows { return layer(x) }
        let rows = kept.flatMap { sequence in (0..<length).map { Int32(sequence * length + $0) } }
        return compute.scatter(layer(compute.gather(x, rows: rows)), rows: rows, into: x)
    }
}
