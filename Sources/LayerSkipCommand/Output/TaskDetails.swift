import LayerSkip

/// The file with the result of each item, if one was asked for.
struct TaskDetails: ~Copyable {
    private var file: ReplacementFile?

    /// Opens the file before anything is computed.
    init(_ path: String?) throws { file = try path.map { (path) throws(FileError) in try ReplacementFile(path) } }

    /// Adds an item's result.
    mutating func add(_ result: some Encodable) throws {
        guard let file = file.take() else { return }
        try file.write(JSONText.encode(result, onOneLine: true) + [UInt8(ascii: "\n")])
        self.file = consume file
    }

    /// Gives the file its name.
    mutating func commit() throws { try file.take()?.commit() }
}

/// The result of an item with choices.
struct ChoiceDetails: Encodable {
    let item: String
    /// The index of the right choice.
    let answer: Int
    let bytes: [Int]
    /// The loss of each choice in nats, by exit.
    let losses: [String: [Double]]

    init(_ item: TaskItem, _ scores: ChoiceScores, _ answer: Int, _ exits: [Int]) {
        self.item = item.name
        self.answer = answer
        bytes = scores.byteCounts
        losses = Dictionary(uniqueKeysWithValues: zip(exits.map(\.description), scores.losses))
    }
}

/// The result of an item with a generated answer.
struct AnswerDetails: Encodable {
    let item: String
    let answers: [String]
    /// The generated text, by exit.
    let generated: [String: String]
    /// Whether it is right, by exit.
    let correct: [String: Bool]

    init(_ item: TaskItem, _ answers: [String], _ texts: [String], _ hits: [Bool], _ exits: [Int]) {
        self.item = item.name
        self.answers = answers
        generated = Dictionary(uniqueKeysWithValues: zip(exits.map(\.description), texts))
        correct = Dictionary(uniqueKeysWithValues: zip(exits.map(\.description), hits))
    }
}
