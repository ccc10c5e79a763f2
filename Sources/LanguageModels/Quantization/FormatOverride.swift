public import TensorCore

/// A format for some of a model's matrices in place of the one that a recipe gives them.
///
/// With more bits for the layers that draft, a model that speculates on itself drafts better at little cost.
public struct FormatOverride: Sendable, Hashable {
    /// A part of a model.
    public enum Part: Sendable, Hashable {
        /// The matrices of some layers, counted from 0.
        case layers(ClosedRange<Int>)
        /// The head; in a model without one of its own, the embedding.
        case head
        /// The embedding.
        case embedding
    }

    /// The matrices that get the format.
    public let part: Part
    /// Their format.
    public let dtype: DType

    /// Gives a part of a model a format.
    public init(_ part: Part, _ dtype: DType) {
        self.part = part
        self.dtype = dtype
    }

    /// Whether a matrix belongs to the part.
    func includes(_ tensor: ModelTensor, isTied: Bool) -> Bool {
        switch part {
        case .layers(let layers):
            guard case .layer(let index) = tensor.part else { return false }
            return layers.contains(index)
        case .head: return tensor.isHead(isTied: isTied)
        case .embedding: return tensor.role == .embedding
        }
    }
}
