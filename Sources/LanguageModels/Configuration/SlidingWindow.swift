/// A limit of attention in some layers: each token attends to the last `size` positions up to its own. Beltagy et al.,
/// "Longformer", arXiv 2004.05150, section 3.1.
package struct SlidingWindow: Sendable, Equatable {
    /// The number of positions, the token's own included.
    package var size: Int
    /// The indices of the layers with the limit.
    package var layers: Set<Int>

    /// Creates a limit.
    package init(size: Int, layers: Set<Int>) {
        self.size = size
        self.layers = layers
    }
}
