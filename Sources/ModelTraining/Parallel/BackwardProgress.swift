/// Tells which gradients a backward pass has completed. The pass goes from the last layer to the first.
///
/// When it reaches a layer, the gradients of all matrices above are complete, and those that have none get none. Those
/// of parameters that several operations use are complete at its end.
final class BackwardProgress {
    /// In the order in which they are completed.
    private var buckets: ArraySlice<GradientShards.Bucket>
    private let layers: [Int?]
    private let onComplete: (GradientShards.Bucket) -> Void
    private var layer = Int.max

    /// - Parameters:
    ///   - buckets: those of matrices first, in descending order of their layers.
    ///   - layers: the layer of each matrix; nil for other parameters.
    ///   - onComplete: called with each bucket whose gradients are complete, in order.
    init(
        _ buckets: [GradientShards.Bucket], layers: [Int?], onComplete: @escaping (GradientShards.Bucket) -> Void
    ) {
        self.buckets = buckets[...]
        self.layers = layers
        self.onComplete = onComplete
    }

    /// Notes a contribution to the gradient of a matrix of a layer.
    func reach(_ layer: Int) {
        precondition(layer <= self.layer, "a backward pass from the last layer to the first")
        if layer == self.layer { return }
        self.layer = layer
        advance { bucket in bucket.parameters.allSatisfy { (layers[$0] ?? .min) > layer } }
    }

    /// Notes the end of the backward pass.
    func end() { advance { _ in true } }

    private func advance(while isComplete: (GradientShards.Bucket) -> Bool) {
        while let bucket = buckets.first, isComplete(bucket) {
            onComplete(bucket)
            buckets.removeFirst()
        }
    }
}
