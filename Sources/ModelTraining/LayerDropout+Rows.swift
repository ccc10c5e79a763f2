package import TensorCore

extension LayerDropout {
    /// Runs a layer on some sequences of a batch. The others pass through unchanged, at no cost.
    ///
    /// - Parameters:
    ///   - layer: maps whole sequences [m * length, width] to the same shape.
    ///   - x: [sequences * length, width].
    ///   - kept: the sequences of the batch to run the layer on, ascending.
    ///   - length: the number of rows per sequence.
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
