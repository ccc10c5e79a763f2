import ArgumentParser
public import LayerSkip

/// Options for measuring the cost of forward passes.
struct CostArguments: ParsableArguments {
    @Flag(help: "Measure the cost of forward passes, with random tokens instead of prompts.")
    var cost = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --cost: assumed share of drafted tokens that are accepted (default: 0.6).", valueName: "a"))
    var acceptance: Double?

    @Option(
        parsing: .unconditional,
        help: "With --cost: number of context tokens before those that are decoded (default: 0).")
    var depth: Int?

    @Option(help: "With --cost: parts to measure, comma-separated (default: decode,prefill,passes).")
    var parts: CommaSeparated<ModelCost.Part>?

    func validate() throws {
        if !cost {
            for (name, isGiven) in [
                ("--acceptance", acceptance != nil), ("--depth", depth != nil), ("--parts", parts != nil),
            ] where isGiven { throw ValidationError("\(name): expected --cost with it") }
        }
        if let acceptance, !(0...1).contains(acceptance) {
            throw ValidationError("--acceptance: expected 0...1, found \(acceptance)")
        }
        if let depth, depth < 0 { throw ValidationError("--depth: expected 0 or more, found \(depth)") }
    }
}

extension ModelCost.Part: LosslessStringConvertible {
    public init?(_ description: String) { self.init(rawValue: description) }

    public var description: String { rawValue }
}
