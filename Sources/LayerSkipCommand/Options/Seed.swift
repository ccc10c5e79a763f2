import ArgumentParser

/// A sampling seed on the command line: a number, or -1 for a random one.
struct Seed: ExpressibleByArgument, LosslessStringConvertible, Sendable {
    let value: UInt64
    /// Whether the number was chosen at random.
    let isRandom: Bool

    init(_ value: UInt64, isRandom: Bool = false) {
        self.value = value
        self.isRandom = isRandom
    }

    init?(_ description: String) {
        if description == "-1" {
            // Short enough to type again.
            self.init(.random(in: 0...UInt64(UInt32.max)), isRandom: true)
        } else {
            guard let value = UInt64(description) else { return nil }
            self.init(value)
        }
    }

    init?(argument: String) { self.init(argument) }

    var description: String { "\(value)" }
    var defaultValueDescription: String { description }
}
