package import TensorCore

extension AttentionShape {
    /// A field of attention's configuration, for errors; each file format has its own name for it.
    package enum Field { case heads, keyValueHeads, headDimension }

    /// The largest head size, well above that of any known model.
    static let largestHead = 4096

    /// Returns the shape if its numbers are consistent.
    ///
    /// - Parameters:
    ///   - headDimension: nil if it is the width divided by the number of heads.
    ///   - failure: creates an error about a field.
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
