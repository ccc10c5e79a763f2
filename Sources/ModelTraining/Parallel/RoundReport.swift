/// What processes tell each other about a round, before they add the gradients of its groups.
struct RoundReport: Equatable {
    /// Whether the process wants to stop, so that the step is abandoned.
    var stops = false
    /// Each group's losses.
    var losses: [Objective.Losses]
    /// For each group, which parameters have a gradient.
    var used: [[Bool]] = []

    /// Creates the report of a number of groups.
    init(groups: Int) { losses = Array(repeating: Objective.Losses(), count: groups) }

    /// As many bytes for every process.
    var bytes: [UInt8] {
        var bytes: [UInt8] = [stops ? 1 : 0]
        for number in losses.flatMap({ [$0.total, $0.last] }) {
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
        }
        return bytes + used.joined().map { $0 ? 1 : 0 }
    }

    init(_ bytes: [UInt8], groups: Int) {
        func number(at place: Int) -> Double {
            Double(bitPattern: bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
        stops = bytes[0] != 0
        losses = (0..<groups).map { Objective.Losses(total: number(at: 1 + 16 * $0), last: number(at: 9 + 16 * $0)) }
        let flags = bytes[(1 + 16 * groups)...].map { $0 != 0 }
        let parameters = flags.count / groups
        used = (0..<groups).map { Array(flags[parameters * $0..<parameters * ($0 + 1)]) }
    }
}
