/// The heads of one attention layer; `heads` is a multiple of `keyValueHeads` (grouped-query attention, Ainslie et al.,
/// arXiv 2305.13245).
public struct AttentionShape: Sendable, Equatable {
    /// Query heads.
    public let heads: Int
    /// Key and value heads; each serves heads / keyValueHeads query heads.
    public let keyValueHeads: Int
    /// Values per head.
    public let headDimension: Int

    /// Describes a layer's heads; `heads` must be a multiple of `keyValueHeads`.
    public init(heads: Int, keyValueHeads: Int, headDimension: Int) {
        precondition(keyValueHeads > 0 && headDimension > 0 && heads % keyValueHeads == 0, "whole groups of heads")
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headDimension = headDimension
    }

    /// The factor of scores: 1 / sqrt(headDimension).
    package var scale: Float { 1 / Float(headDimension).squareRoot() }

    /// Query heads that share a key and value head.
    var group: Int { heads / keyValueHeads }
}
