/// The division of rows into independent sequences of possibly different lengths. The positions of each sequence begin
/// at 0.
package struct RowSegments: Sendable, Equatable {
    /// The number of rows of each sequence, at least 1.
    package let lengths: [Int]
    /// The first row of each sequence.
    let starts: [Int]
    /// The position of each row in its sequence.
    let positions: [Int32]

    /// Creates a division into sequences of these lengths.
    package init(lengths: [Int]) {
        precondition(lengths.allSatisfy { $0 > 0 }, "at least one row per sequence")
        self.lengths = lengths
        var starts: [Int] = []
        var positions: [Int32] = []
        starts.reserveCapacity(lengths.count)
        positions.reserveCapacity(lengths.reduce(0, +))
        for length in lengths {
            starts.append(positions.count)
            positions += 0..<Int32(length)
        }
        self.starts = starts
        self.positions = positions
    }

    /// Creates a division of `rows` rows into sequences of the same length.
    package init(rows: Int, length: Int) {
        precondition(length > 0 && rows % length == 0, "rows of whole sequences")
        self.init(lengths: Array(repeating: length, count: rows / length))
    }

    /// The number of rows.
    package var rowCount: Int { positions.count }
    /// The number of rows of the longest sequence.
    var longest: Int { lengths.max() ?? 0 }
}
