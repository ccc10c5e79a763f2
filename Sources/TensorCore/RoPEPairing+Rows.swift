extension RoPEPairing {
    /// Which row of a projection in this order is row `row` of the same projection in half-split order.
    ///
    /// Half-split, pair i of a head is its rows i and i + headDimension / 2; interleaved, 2i and 2i + 1.
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
