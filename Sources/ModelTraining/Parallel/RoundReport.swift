/// What each process tells the others after it has computed the gradients of a group.
struct RoundReport: Equatable {
    /// Whether the process wants to stop, so that the step is abandoned.
    var stops = false
    /// The group's losses.
    var losses = Objective.Losses()
    /// Which parameters have a gradient.
    var used: [Bool] = []

    init(stops: Bool, losses: Objective.Losses, used: [Bool]) {
        self.stops = stops
        self.losses = losses
        self.used = used
    }

    /// As many bytes for every process.
    var bytes: [UInt8] {
        var bytes: [UInt8] = [stops ? 1 : 0]
        for number in [losses.total, losses.last] {
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
        }
        return bytes + used.map { $0 ? 1 : 0 }
    }

    init(_ bytes: [UInt8]) {
        func number(at place: Int) -> Double {
            Double(bitPattern: bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
        stops = bytes[0] != 0
        losses = Objective.Losses(total: number(at: 1), last: number(at: 9))
        used = bytes[17...].map { $0 != 0 }
    }
}
