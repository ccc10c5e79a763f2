import LayerSkip

/// The result of a task at each exit, as JSON and as text.
struct TaskReport: Encodable {
    enum Kind: String, Encodable {
        case multipleChoice = "multiple_choice"
        case exactMatch = "exact_match"
    }

    /// One exit's results.
    private struct Exit: Encodable {
        let exit: Int
        var score = TaskScore()
        /// By loss per byte; nil for generated answers.
        var scorePerByte: TaskScore?

        private enum CodingKeys: String, CodingKey {
            case exit, accuracy, accuracyError, accuracyPerByte, accuracyPerByteError
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(exit, forKey: .exit)
            try container.encode(score.mean, forKey: .accuracy)
            try container.encode(Nullable(score.standardError), forKey: .accuracyError)
            guard let scorePerByte else { return }
            try container.encode(scorePerByte.mean, forKey: .accuracyPerByte)
            try container.encode(Nullable(scorePerByte.standardError), forKey: .accuracyPerByteError)
        }
    }

    private let task: Kind
    private var items = 0
    /// The accuracy that guessing is expected to have; nil for generated answers.
    private var chance: Double?
    private var exits: [Exit]

    init(_ task: Kind, exits: [Int]) {
        self.task = task
        let isChoice = task == .multipleChoice
        chance = isChoice ? 0 : nil
        self.exits = exits.map { Exit(exit: $0, scorePerByte: isChoice ? TaskScore() : nil) }
    }

    /// Adds an item with choices.
    mutating func add(_ scores: ChoiceScores, answer: Int, choiceCount: Int) {
        items += 1
        chance = chance.map { $0 + (1 / Double(choiceCount) - $0) / Double(items) }
        for index in exits.indices {
            exits[index].score.add(scores.likeliest(exit: index) == answer)
            exits[index].scorePerByte?.add(scores.likeliestPerByte(exit: index) == answer)
        }
    }

    /// Adds an item with generated answers: whether the one of each exit is right.
    mutating func add(_ hits: [Bool]) {
        items += 1
        for (index, isHit) in hits.enumerated() { exits[index].score.add(isHit) }
    }

    /// The report for people.
    var text: String {
        var lines = [items.counted("item")]
        if let chance {
            lines[0] += ", multiple choice; guessing is right \(chance.percentage) of the time"
            lines.append(" exit       by loss  by loss per byte")
        } else {
            lines[0] += ", exact match of generated answers"
            lines.append(" exit   exact match")
        }
        for exit in exits {
            var line = "\(exit.exit)".padded(to: 5) + Self.percentage(exit.score).padded(to: 14)
            if let score = exit.scorePerByte { line += Self.percentage(score).padded(to: 18) }
            lines.append(line)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A share with its standard error, in percent.
    private static func percentage(_ score: TaskScore) -> String {
        let mean = (score.mean * 100).formatted(decimals: 1)
        guard let error = score.standardError else { return "\(mean) %" }
        return "\(mean) ± \((error * 100).formatted(decimals: 1)) %"
    }
}
