/// Which exits have a loss at a step: C(t,l) of equation 5.
///
/// It is a function of the step alone, so a resumed run needs no saved state. The last layer is always on.
public enum Curriculum: Sendable, Equatable {
    /// Every R-th exit. The set shifts by one exit per step, so each exit is on once in R steps.
    case rotational(every: Int)
    /// One more exit every T/(2L) steps, from the last down to the first. All are on after half of the steps.
    case gradual
    /// Every exit at every step.
    case all
    /// The last layer alone: no early exits.
    case none

    /// Whether a candidate exit has a loss.
    ///
    /// - Parameters:
    ///   - candidate: the index among the layers that may exit, from 0, in order of depth.
    ///   - count: the number of layers that may exit, including the last layer.
    ///   - step: t, 0..<steps.
    func isOn(candidate: Int, of count: Int, step: Int, of steps: Int) -> Bool {
        if candidate == count - 1 { return true }
        return switch self {
        case .rotational(let every): candidate % every == step % every
        // candidate >= count - 1 - floor(t / (T / (2 count)))
        case .gradual: count - 1 - candidate <= 2 * count * step / steps
        case .all: true
        case .none: false
        }
    }
}

extension Curriculum: LosslessStringConvertible {
    /// A description of what ``init(_:)`` reads, for errors.
    static let expected = "all, none, gradual or rotational R (such as rotational 8)"

    /// Reads `all`, `none`, `gradual` or `rotational R`.
    public init?(_ description: String) {
        let words = description.split(separator: " ")
        switch (words.first, words.count) {
        case ("all", 1): self = .all
        case ("none", 1): self = .none
        case ("gradual", 1): self = .gradual
        case ("rotational", 2):
            guard let every = Int(words[1]), (1...4096).contains(every) else { return nil }
            self = .rotational(every: every)
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .rotational(let every): "rotational \(every)"
        case .gradual: "gradual"
        case .all: "all"
        case .none: "none"
        }
    }
}
