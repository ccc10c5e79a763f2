package import CheckpointFiles

/// `state.json` of a checkpoint: a run's state except weights and moments.
package struct TrainingState: Sendable, Equatable, Codable {
    /// The format of new checkpoints. Older ones have format 2, which lacks ``groups``, or 1, which also lacks ``data``,
    /// ``updates`` and ``hashes``. Other formats are rejected.
    package static let currentFormat = 3

    package var format = currentFormat
    /// The number of steps completed.
    package let step: Int
    /// The next sequence to train on.
    package let place: DataPlace
    /// The recipe's keys that have a value.
    package let recipe: [String: RecipeValue]
    /// The tokenizer's fingerprint, in hexadecimal.
    package let tokenizer: String
    /// The contents of the shards; nil in format 1.
    package var data: DataContents?
    /// The number of gradients of each parameter that had fewer than there were steps; nil in format 1, which did not
    /// count them.
    package let updates: [String: Int]?
    /// The arithmetic of the last steps (``KernelTable/arithmetic(_:)``); nil in checkpoints of older versions.
    package let arithmetic: String?
    /// The number of groups whose gradients are summed separately; nil in formats 1 and 2, whose runs have one group.
    package let groups: Int?
    /// Hashes of ``TrainingCheckpoint/hashedFiles(isAdapter:hasExitBlock:)`` and
    /// ``TrainingCheckpoint/configurationFile(isAdapter:)``, by name; nil in format 1.
    package var hashes: [String: String]?
    /// The hash of the base's weights, if LoRA is trained; otherwise nil.
    var base: String?
    /// The hash of the teacher's weights, if exits imitate one; otherwise nil.
    var teacher: String?
    /// The network of learned weights of tokens; nil if none are learned.
    var weighting: WeightNetwork?
    /// The last layer's loss in the validation after this step, if there was one.
    package var validationLoss: Double?

    enum CodingKeys: String, CodingKey {
        case format, step, place, recipe, tokenizer, data, updates, arithmetic, groups, hashes, base, teacher
        case weighting
        case validationLoss = "validation_loss"
    }

    package init(
        step: Int, place: DataPlace, recipe: TrainingRecipe, tokenizerFingerprint: UInt64, data: DataContents,
        updates: [String: Int], arithmetic: String?, groups: Int?, validationLoss: Double?
    ) {
        // A run that began without groups keeps its format, which older versions read.
        format = groups == nil ? 2 : Self.currentFormat
        self.step = step
        self.place = place
        self.recipe = RecipeKey.all.reduce(into: [:]) { $0[$1.path] = $1.value(in: recipe) }
        tokenizer = Self.text(tokenizerFingerprint)
        self.data = data
        self.updates = updates
        self.arithmetic = arithmetic
        self.groups = groups
        self.validationLoss = validationLoss
    }

    /// Reads the state of the checkpoint in a folder.
    ///
    /// - Parameter step: the step in the folder's name.
    /// - Throws: if it cannot be read, or has another format or step.
    package init(checkpoint path: String, step: Int) throws(CheckpointError) {
        let file = "\(path)/\(TrainingCheckpoint.Name.state)"
        self = try inCheckpoint(try JSONText.read(file))
        func require(_ holds: Bool, _ name: String, _ expected: String, _ found: Any) throws(CheckpointError) {
            if !holds { throw CheckpointError(file: file, name: name, expected: expected, found: "\(found)") }
        }
        try require(
            1...Self.currentFormat ~= format, "format", "1 to \(Self.currentFormat), or a newer version of layerskip",
            format)
        try require(self.step == step, "step", "\(step), as the folder's name says", self.step)
        try require(step > 0, "step", "1 or more", step)
        try require(place.epoch >= 0, "place.epoch", "0 or more", place.epoch)
        try require(place.index >= 0, "place.index", "0 or more", place.index)
        try require(validationLoss ?? 0 >= 0, "validation_loss", "0 or more", validationLoss ?? 0)
        if format > 1 {
            try require(data != nil, "data", "what the shards held", "no such key")
            try require(updates != nil, "updates", "counts of gradients", "no such key")
            try require(hashes != nil, "hashes", "hashes of weights and moments", "no such key")
        }
        if format > 2 {
            try require(groups ?? 0 > 0, "groups", "a positive number", groups.map(String.init) ?? "no such key")
        }
        if let hashes {
            let names = TrainingCheckpoint.hashedFiles(
                isAdapter: isAdapter, hasExitBlock: recipe["exits.block"] == .scalar("true"))
            let configuration = TrainingCheckpoint.configurationFile(isAdapter: isAdapter)
            try require(
                Set(hashes.keys).subtracting([configuration]) == Set(names), "hashes",
                "a hash of each of \(names.joined(separator: ", "))",
                hashes.isEmpty ? "none" : hashes.keys.sorted().map(\.quoted).joined(separator: ", "))
        }
        for (name, count) in updates ?? [:] {
            try require(0..<step ~= count, "updates of \(name.quoted)", "0 to \(step - 1)", count)
        }
    }

    /// Whether LoRA is trained.
    var isAdapter: Bool { recipe["lora.rank"] != nil }

    static func text(_ fingerprint: UInt64) -> String { String(fingerprint, radix: 16) }
}

/// The contents of a run's shards.
package struct DataContents: Sendable, Equatable, Codable {
    /// The training shards, in order.
    package let training: [ShardContent]
    /// The validation shards; nil if nothing has been measured.
    package var validation: [ShardContent]?
    /// The number of training shards for each of `data.weights`; nil without weights.
    package let parts: [Int]?

    package init(training: [ShardContent], validation: [ShardContent]?, parts: [Int]? = nil) {
        self.training = training
        self.validation = validation
        self.parts = parts
    }
}
