extension TrainingRecipe {
    /// The texts that the model writes at each validation.
    public struct Samples: Sendable, Equatable {
        /// Beginnings of texts, which the model continues.
        public var prompts: [String] = []
        /// Users' messages, or conversations in JSON (lists of messages), which the model answers. Its chat template
        /// writes them.
        public var messages: [String] = []
        /// The maximum number of tokens of each text.
        public var tokens = 48

        /// Whether nothing is written.
        var isEmpty: Bool { prompts.isEmpty && messages.isEmpty }
    }

    /// The number of first steps that do not depend on how many follow: all before the learning rate falls, unless layer
    /// dropout or the curriculum follow the number of steps. From a checkpoint among them, a run can be made longer or
    /// shorter, with the bits of one that had that length from the start.
    public var stepsBeforeDecay: Int {
        let dropoutFollows = dropout.maximum > 0 && dropout.time != .constant
        let exitsFollow = exits.scale > 0 && exits.curriculum == .gradual
        if dropoutFollows || exitsFollow { return 0 }
        return rate.decay == .constant ? steps : rate.decaySteps.map { max(0, steps - $0) } ?? 0
    }

    /// Sets ``steps`` by ``epochs``, if they are given, for data of so many sequences.
    ///
    /// - Throws: ``RecipeError`` if the number of steps does not fit other values.
    mutating package func countSteps(sequencesPerEpoch: Int) throws(RecipeError) {
        guard let epochs else { return }
        let sequences = (epochs * Double(sequencesPerEpoch)).rounded(.up)
        let count = (sequences / Double(batch.sequencesPerStep)).rounded(.up)
        guard count <= 1e9 else {
            throw RecipeError(key: "epochs", expected: "at most 1000000000 steps", found: "\(epochs) epochs with more")
        }
        steps = max(1, Int(count))
        try checkSteps()
    }

    /// Checks the values that depend on the number of steps.
    ///
    /// - Throws: ``RecipeError``.
    func checkSteps() throws(RecipeError) {
        // Counts of tokens must not overflow.
        if batch.tokensPerStep > Int.max / max(1, steps) {
            throw RecipeError(
                key: "steps", expected: "at most \(Int.max) tokens in all steps", found: "\(steps) steps with more")
        }
        if rate.warmup > steps {
            throw RecipeError(key: "optimizer.warmup", expected: "at most \(steps) steps", found: "\(rate.warmup)")
        }
        if let decay = rate.decaySteps, decay > steps - rate.warmup {
            throw RecipeError(
                key: "optimizer.decay_steps", expected: "at most the \(steps - rate.warmup) steps after the warm-up",
                found: "\(decay)")
        }
    }

    /// Returns an error if a run of another length cannot resume from a checkpoint after a step, otherwise nil.
    func scheduleError(from original: TrainingRecipe, after step: Int) -> RecipeError? {
        let changed = RecipeKey.schedule.lazy.compactMap { path in
            RecipeKey.named(path).flatMap { difference(from: original, at: $0) }
        }
        guard var error = changed.first, step > min(stepsBeforeDecay, original.stepsBeforeDecay) else { return nil }
        let reason =
            original.stepsBeforeDecay == 0
            ? "all of its steps depend on their number; optimizer.decay constant, or optimizer.decay_steps, makes a run "
                + "that can be extended"
            : "there is no checkpoint of its first \(min(stepsBeforeDecay, original.stepsBeforeDecay)) steps, on which "
                + "both lengths agree"
        error = RecipeError(key: error.key, expected: "\(error.expected) (\(reason))", found: error.found)
        return error
    }
}

extension RecipeKey {
    /// The keys that determine how long a run is and when the learning rate falls.
    static let schedule = ["steps", "epochs", "optimizer.decay", "optimizer.decay_steps"]
}
