/// A set of code points, as sorted ranges that do not touch.
struct ScalarSet: Hashable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>] = []

    static let all = ScalarSet([0...0x10_FFFF])

    init() {}

    init(_ scalar: UInt32) { ranges = [scalar...scalar] }

    /// Creates a set from ranges in any order, which may overlap.
    init(_ ranges: [ClosedRange<UInt32>]) {
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) { append(range) }
    }

    /// Adds a range that does not start before the last one.
    mutating func append(_ range: ClosedRange<UInt32>) {
        if let last = ranges.last, range.lowerBound <= last.upperBound + 1 {
            ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        } else {
            ranges.append(range)
        }
    }

    var isEmpty: Bool { ranges.isEmpty }

    func union(_ other: ScalarSet) -> ScalarSet {
        if other.isEmpty || self == .all { return self }
        var result = ScalarSet()
        result.ranges.reserveCapacity(ranges.count + other.ranges.count)
        var (i, j) = (0, 0)
        while i < ranges.count || j < other.ranges.count {
            if j == other.ranges.count
                || i < ranges.count && ranges[i].lowerBound <= other.ranges[j].lowerBound
            {
                result.append(ranges[i])
                i += 1
            } else {
                result.append(other.ranges[j])
                j += 1
            }
        }
        return result
    }

    /// The union of any number of sets, in one pass.
    static func union(of sets: [ScalarSet]) -> ScalarSet { ScalarSet(sets.flatMap(\.ranges)) }

    var inverted: ScalarSet {
        var result = ScalarSet()
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { result.ranges.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= 0x10_FFFF { result.ranges.append(next...0x10_FFFF) }
        return result
    }

    func intersection(_ other: ScalarSet) -> ScalarSet {
        var result = ScalarSet()
        var (i, j) = (0, 0)
        while i < ranges.count, j < other.ranges.count {
            let (one, two) = (ranges[i], other.ranges[j])
            let lower = max(one.lowerBound, two.lowerBound)
            let upper = min(one.upperBound, two.upperBound)
            if lower <= upper { result.append(lower...upper) }
            if one.upperBound < two.upperBound { i += 1 } else { j += 1 }
        }
        return result
    }

    func isDisjoint(with other: ScalarSet) -> Bool {
        var (i, j) = (0, 0)
        while i < ranges.count, j < other.ranges.count {
            if ranges[i].overlaps(other.ranges[j]) { return false }
            if ranges[i].upperBound < other.ranges[j].upperBound { i += 1 } else { j += 1 }
        }
        return true
    }

    func contains(_ scalar: UInt32) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(scalar)
    }
}
