import LayerSkip

/// A list of tensors for people. Unless it is complete, tensors that differ only in the numbers in their names share a
/// row, such as `blk.[0...31].attn_q.weight`.
struct TensorRows {
    private var rows: [Row]

    private struct Row: Hashable {
        var name: [String]
        let format: String
        let shape: [Int]
    }

    init(_ tensors: [(name: String, format: String, shape: [Int])], isComplete: Bool) {
        rows = tensors.map {
            Row(
                name: $0.name.split(separator: ".", omittingEmptySubsequences: false).map(String.init),
                format: $0.format, shape: $0.shape)
        }
        guard !isComplete else { return }
        // The last numbers first: those of a layer's experts before those of the layers. Names of real models have fewer
        // parts than the limit, which a hostile file cannot exceed to cost time.
        let positions = min(rows.map(\.name.count).max() ?? 0, 16)
        for position in (0..<positions).reversed() { merge(at: position) }
    }

    /// Merges rows that differ only in the number at a position of their names.
    private mutating func merge(at position: Int) {
        var numbers: [Row: [Int]] = [:]
        var merged: [(row: Row, isNumbered: Bool)] = []
        for row in rows {
            guard position < row.name.count, let number = Int(row.name[position]) else {
                merged.append((row, false))
                continue
            }
            var others = row
            others.name[position] = ""
            if numbers[others] == nil { merged.append((others, true)) }
            numbers[others, default: []].append(number)
        }
        rows = merged.map { row, isNumbered in
            guard isNumbered, let found = numbers[row] else { return row }
            var row = row
            row.name[position] = Self.text(of: found)
            return row
        }
    }

    /// Numbers in ascending order as text: `7`, or ranges such as `[0...3,6]`.
    private static func text(of numbers: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers.sorted() {
            if let last = ranges.last, number == last.upperBound + 1 {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        let texts = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)...\($0.upperBound)" }
        return numbers.count == 1 ? texts[0] : "[\(texts.joined(separator: ","))]"
    }

    /// One line for each row: format, shape and name.
    var lines: [String] {
        let width = rows.map(\.format.count).max() ?? 0
        return rows.map { row in
            let shape = row.shape.isEmpty ? "1 number" : row.shape.map { "\($0)" }.joined(separator: " x ")
            let name = row.name.joined(separator: ".").harmless(limit: 400)
            return "  \(row.format.padded(to: max(5, width)))  \(shape)  \"\(name)\""
        }
    }
}
