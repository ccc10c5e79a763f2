package import CheckpointFiles

/// `state.json` of a checkpoint: all of a run's state but weights and moments.
package struct TrainingState: Sendable, Equatable, Codable {
    /// The format of the checkpoint; readers refuse others.
    package static let currentFormat = 1

    package var format = currentFormat
    /// How many steps had been made.
    package let step: Int
    /// The next sequence to learn from.
    package let place: DataPlace
    /// The recipe, every key that has a value.
    package let recipe: [String: RecipeValue]
    /// What tells the tokenizer from others, as hexadecimal digits.
    package let tokenizer: String
    /// The arithmetic of the last steps (``KernelTable/arithmetic(_:)``); checkpoints of older versions do not say.
    package let arithmetic: String?
    /// The last layer's loss in the validation after this step, if there was one.
    package let validationLoss: Double?

    enum CodingKeys: String, CodingKey {
        case format, step, place, recipe, tokenizer, arithmetic
        case validationLoss = "validation_loss"
    }

    package init(
        step: Int, place: DataPlace, recipe: TrainingRecipe, tokenizerFingerprint: UInt64, arithmetic: String?,
        validationLoss: Double?
    ) {
        self.step = step
        self.place = place
        self.recipe = RecipeKey.all.reduce(into: [:]) { $0[$1.path] = $1.value(in: recipe) }
        tokenizer = Self.text(tokenizerFingerprint)
        self.arithmetic = arithmetic
        self.validationLoss = validationLoss
    }

    /// Reads the state of the checkpoint in a folder.
    ///
    /// - Parameter step: the step that the folder's name says.
    /// - Throws: if it cannot be read, or is of another format or step.
    package init(checkpoint path: String, step: Int) throws(CheckpointError) {
        let file = "\(path)/\(TrainingCheckpoint.Name.state)"
        self = try JSONText.read(file)
        guard format == Self.currentFormat else {
            throw CheckpointError(file: file, name: "format", expected: "\(Self.currentFormat)", found: "\(format)")
        }
        guard self.step == step else {
            throw CheckpointError(file: file, name: "step", expected: "\(step)", found: "\(self.step)")
        }
        guard place.epoch >= 0, place.index >= 0 else {
            throw CheckpointError(
                file: file, name: "place", expected: "an epoch and an index from 0 on",
                found: "\(place.epoch) and \(place.index)")
        }
    }

    /// Finds out whether a run may go on from here.
    ///
    /// - Throws: ``RecipeError`` if weights would depend on something that has changed; ``CheckpointError`` if the
    ///   tokenizer is another one.
    package func check(_ recipe: TrainingRecipe, tokenizerFingerprint: UInt64, path: String) throws {
        var original = TrainingRecipe()
        for (path, value) in self.recipe.sorted(by: { $0.key < $1.key }) {
            try RecipeKey.named(path)?.set(value, in: &original)
        }
        if let difference = recipe.difference(from: original) { throw difference }
        let found = Self.text(tokenizerFingerprint)
        guard tokenizer == found else {
            throw CheckpointError(
                file: "\(path)/\(TrainingCheckpoint.Name.state)", name: "tokenizer",
                expected: "the tokenizer of the data, \(found)", found: tokenizer)
        }
    }

    private static func text(_ fingerprint: UInt64) -> String { String(fingerprint, radix: 16) }
}
