import TensorCore

/// Rows of tokens that left the model early, in the order of their positions. Their keys and values are missing in the
/// layers behind their exits, which must read them before a later token does.
///
/// Whenever a token goes on at an exit, all rows that wait there go on with it. So rows that wait at a deeper exit are of
/// earlier positions.
struct WaitingRows {
    /// The rows that wait at an exit.
    struct Group {
        let exitLayer: Int
        var rows: [Tensor] = []
        var count = 0
    }

    /// By the depth of their exits, the deepest last.
    private(set) var groups: [Group]

    init(exitLayers: [Int]) { groups = exitLayers.map { Group(exitLayer: $0) } }

    /// The number of all rows.
    var count: Int { groups.reduce(0) { $0 + $1.count } }

    /// Adds rows that stop at an exit.
    mutating func append(_ rows: Tensor, at exitLayer: Int) {
        guard let index = groups.firstIndex(where: { $0.exitLayer == exitLayer }) else {
            preconditionFailure("rows wait at an exit of the rule")
        }
        groups[index].rows.append(rows)
        groups[index].count += rows.rows
    }

    /// Removes the rows that wait at an exit, and returns them.
    mutating func take(at exitLayer: Int) -> (rows: [Tensor], count: Int) {
        guard let index = groups.firstIndex(where: { $0.exitLayer == exitLayer }) else { return ([], 0) }
        let group = groups[index]
        groups[index] = Group(exitLayer: exitLayer)
        return (group.rows, group.count)
    }

    /// Removes the rows of the last positions.
    mutating func removeLast(_ count: Int) {
        var left = count
        for index in groups.indices {
            while left > 0, let last = groups[index].rows.popLast() {
                let kept = max(0, last.rows - left)
                if kept > 0 { groups[index].rows.append(last[rows: 0..<kept]) }
                groups[index].count -= last.rows - kept
                left -= last.rows - kept
            }
        }
    }

    mutating func removeAll() {
        for index in groups.indices { groups[index] = Group(exitLayer: groups[index].exitLayer) }
    }
}
