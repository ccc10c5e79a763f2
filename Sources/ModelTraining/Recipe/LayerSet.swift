/// A set of a model's layers, numbered from 0 and written like `0-5, 9`.
public struct LayerSet: Sendable, Equatable {
    /// Ascending, without overlap.
    public private(set) var ranges: [ClosedRange<Int>] = []

    /// Creates an empty set.
    public init() {}

    /// Whether the set contains a layer.
    public func contains(_ layer: Int) -> Bool { ranges.contains { $0.contains(layer) } }

    /// The highest layer; nil if the set is empty.
    public var last: Int? { ranges.last?.upperBound }
}

extension LayerSet: LosslessStringConvertible {
    /// A description of what ``init(_:)`` reads, for errors.
    static let expected = "none, or ascending layers from 0 such as 0-5, 9"

    /// Reads `none`, or comma-separated numbers and ranges in ascending order.
    public init?(_ description: String) {
        self.init()
        if description == "none" { return }
        var ranges: [ClosedRange<Int>] = []
        for part in description.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Self.layer($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
                first > (ranges.last?.upperBound ?? -1), last >= first
            else { return nil }
            ranges.append(first...last)
        }
        self.ranges = ranges
    }

    /// Reads a number, possibly between spaces; returns nil for anything else.
    private static func layer(_ text: Substring) -> Int? {
        let words = text.split(separator: " ")
        return words.count == 1 && words[0].allSatisfy(\.isNumber) ? Int(words[0]) : nil
    }

    public var description: String {
        if ranges.isEmpty { return "none" }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ", ")
    }
}
