/// Some of a model's layers, numbered from 0, written like `0-5, 9`.
public struct LayerSet: Sendable, Equatable {
    /// Ascending, without overlap.
    public private(set) var ranges: [ClosedRange<Int>] = []

    /// No layer.
    public init() {}

    /// Whether a layer is among them.
    public func contains(_ layer: Int) -> Bool { ranges.contains { $0.contains(layer) } }

    /// The highest of them; nil where there is none.
    public var last: Int? { ranges.last?.upperBound }
}

extension LayerSet: LosslessStringConvertible {
    /// What ``init(_:)`` reads, in words.
    static let expected = "none, or ascending layers from 0 such as 0-5, 9"

    /// Reads `none`, or numbers and ranges with commas between, in ascending order.
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

    /// The number between spaces; nil where there is something else.
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
