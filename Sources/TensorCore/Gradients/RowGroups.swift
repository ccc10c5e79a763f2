/// The division of an operation's rows among groups whose sums are kept separate.
///
/// A row's result does not depend on other rows, so one forward and one backward pass serve all groups of a batch. Only
/// sums over rows are made for each group: losses, and gradients of weights.
package struct RowGroups: Sendable, Equatable {
    /// Each group's rows, one group after the other; empty for a group without rows.
    package let ranges: [Range<Int>]

    /// Creates groups of consecutive rows.
    package init(counts: [Int]) {
        var first = 0
        ranges = counts.map { count in
            defer { first += count }
            return first..<first + count
        }
    }

    /// The number of groups.
    package var count: Int { ranges.count }
    /// The number of rows.
    package var rows: Int { ranges.last?.upperBound ?? 0 }

    /// The same groups of rows that are cut into several parts each.
    func cut(into parts: Int) -> RowGroups { RowGroups(counts: ranges.map { $0.count * parts }) }

    /// Chunks of at most `limit` rows. A group that does not fit is divided in the same way, whichever groups are
    /// there.
    func chunks(limit: Int) -> [(rows: Range<Int>, groups: RowGroups)] {
        var chunks: [(rows: Range<Int>, counts: [Int])] = []
        for (group, range) in ranges.enumerated() {
            for start in stride(from: range.lowerBound, to: range.upperBound, by: limit) {
                let piece = start..<min(start + limit, range.upperBound)
                if let last = chunks.last, last.rows.count + piece.count <= limit {
                    chunks[chunks.count - 1].rows = last.rows.lowerBound..<piece.upperBound
                } else {
                    chunks.append((piece, Array(repeating: 0, count: count)))
                }
                chunks[chunks.count - 1].counts[group] = piece.count
            }
        }
        return chunks.map { ($0.rows, RowGroups(counts: $0.counts)) }
    }
}

/// The groups of the rows of the operations that are being recorded. Only one thread at a time may record.
final class RecordedGroups: @unchecked Sendable {
    var current: RowGroups?
}

extension ComputeContext {
    /// Records operations whose rows belong to several groups.
    package func withGroups<Result>(_ groups: RowGroups?, _ body: () throws -> Result) rethrows -> Result {
        let outer = recordedGroups.current
        recordedGroups.current = groups
        defer { recordedGroups.current = outer }
        return try body()
    }

    /// The groups of an operation's rows; by default all rows are one.
    func groups(ofRows rows: Int) -> RowGroups {
        guard let groups = recordedGroups.current else { return RowGroups(counts: [rows]) }
        precondition(groups.rows == rows, "a group for each of the operation's \(rows) rows")
        return groups
    }
}
