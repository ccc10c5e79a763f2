/// Ranges of a text in their order, which do not overlap.
struct OrderedRanges {
    private var ranges: [Range<Int>] = []

    /// Adds a range that starts at or after the end of the last one. Adjacent ranges become one.
    mutating func append(_ range: Range<Int>) {
        if let last = ranges.last, last.upperBound == range.lowerBound {
            ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
        } else {
            ranges.append(range)
        }
    }

    /// Whether a single range contains all of another one.
    func contains(_ other: Range<Int>) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < other.upperBound { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= other.lowerBound
    }
}
