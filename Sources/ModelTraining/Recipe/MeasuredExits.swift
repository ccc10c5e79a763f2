/// The exits that validations measure, besides the last one.
public enum MeasuredExits: Sendable, Equatable {
    /// Those that have a loss: the last one alone if no early exit is trained.
    case trained
    /// Every layer.
    case all
    /// These, as numbers of layers run (1...L), ascending.
    case list([Int])

    /// A description of what ``init(_:)`` reads, for errors.
    static let expected = "trained, all, or a list of ascending integers in \(numbers)"

    private static let numbers = 1...4096

    /// Reads a word or a list of numbers.
    init?(_ value: RecipeValue) {
        switch value {
        case .scalar("trained"): self = .trained
        case .scalar("all"): self = .all
        default:
            let exits = value.texts.compactMap { Int($0) }.filter(Self.numbers.contains)
            let isAscending = zip(exits, exits.dropFirst()).allSatisfy { $0 < $1 }
            guard exits.count == value.texts.count, !exits.isEmpty, isAscending else { return nil }
            self = .list(exits)
        }
    }

    /// The value in a recipe.
    var value: RecipeValue {
        switch self {
        case .trained: .scalar("trained")
        case .all: .scalar("all")
        case .list(let exits): .list(exits.map(String.init))
        }
    }
}

extension TrainingRecipe {
    /// The exits that a validation of a model measures, ascending. The last one is always among them.
    func measuredExits(layerCount: Int) -> [Int] {
        let early: [Int] =
            switch validation.exits {
            case .trained: exits.trainedExits(layerCount: layerCount)
            case .all: Array(1...layerCount)
            case .list(let exits): exits
            }
        return Set(early + [layerCount]).sorted()
    }
}
