package import TensorCore

extension AttentionShape {
    /// What a configuration says of attention, for errors: each format has its own name for it.
    package enum Field { case heads, keyValueHeads, headDimension }

    /// The largest head of any model, and then some.
    static let largestHead = 4096

    /// The shape, if its figures go together.
    ///
    /// - Parameters:
    ///   - headDimension: nil where the width is shared among the heads.
    ///   - failure: makes an error about a field.
    package static func checked<Failure: Error>(
        heads: Int, keyValueHeads: Int, headDimension ownSize: Int?, width: Int,
        failure: (_ field: Field, _ expected: String, _ found: String) -> Failure
    ) throws(Failure) -> AttentionShape {
        guard heads % keyValueHeads == 0 else {
            throw failure(.keyValueHeads, "a divisor of the \(heads) heads", "\(keyValueHeads)")
        }
        guard ownSize != nil || width % heads == 0 else {
            throw failure(.heads, "a divisor of the width \(width)", "\(heads)")
        }
        let headDimension = ownSize ?? width / heads
        guard headDimension % 2 == 0, headDimension <= largestHead else {
            let field = ownSize == nil ? Field.heads : .headDimension
            throw failure(field, "heads of an even size up to \(largestHead)", "size \(headDimension)")
        }
        return AttentionShape(heads: heads, keyValueHeads: keyValueHeads, headDimension: headDimension)
    }
}
