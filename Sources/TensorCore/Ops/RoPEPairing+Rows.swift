extension RoPEPairing {
    /// Returns the row of a projection in this order that is row `row` of the same projection in half-split order.
    ///
    /// Pair i of a head is its rows i and i + headDimension / 2 in half-split order, and 2i and 2i + 1 in interleaved
    /// order.
    package func row(ofHalfSplit row: Int, headDimension: Int) -> Int {
        switch self {
        case .halfSplit: return row
        case .interleaved:
            let (head, place) = row.quotientAndRemainder(dividingBy: headDimension)
            let (half, pair) = place.quotientAndRemainder(dividingBy: headDimension / 2)
            return head * headDimension + 2 * pair + half
        }
    }
}
