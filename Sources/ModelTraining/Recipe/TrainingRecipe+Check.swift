import LanguageModels
import TensorCore

extension TrainingRecipe {
    /// Checks the recipe as a whole: for missing values, and for values that contradict each other.
    ///
    /// - Throws: ``RecipeError``.
    public func check() throws(RecipeError) {
        // Values set directly, not through their keys, may be invalid.
        var copy = self
        for key in RecipeKey.all { if let value = key.value(in: self) { try key.set(value, in: &copy) } }
        try require("output")
        try require("data.training")
        if validation.every > 0 { try require("data.validation") }
        if let weights = data.weights, weights.count != data.training.count {
            throw RecipeError(
                key: "data.weights",
                expected: data.training.count == 1
                    ? "one number, for the only entry of data.training"
                    : "a number for each of the \(data.training.count) entries of data.training",
                found: "\(weights.count)")
        }
        switch model.start {
        case .random:
            for key in ["model.tokenizer", "model.layers", "model.width", "model.feed_forward", "model.heads"] {
                try require(key)
            }
            try checkHeads()
            try forbid("model.new_layers", because: "no layers are added to a random model")
        case .defaultModel, .path:
            let origin = model.start == .defaultModel ? "the program" : "\(model.start)"
            let allowed = ["model.start", "model.layers", "model.new_layers"]
            for key in RecipeKey.all where key.path.hasPrefix("model.") && !allowed.contains(key.path) {
                try forbid(key.path, because: "the model comes from \(origin)")
            }
            if model.newLayers != nil { try require("model.layers") }
        }
        try checkExitBlock()
        try checkLoRA()
        let tokens = batch.sequences.multipliedReportingOverflow(by: batch.accumulation)
        let perStep = tokens.partialValue.multipliedReportingOverflow(by: batch.length)
        if tokens.overflow || perStep.overflow {
            throw RecipeError(
                key: "steps", expected: "at most \(Int.max) tokens in all steps", found: "\(steps) steps with more")
        }
        if epochs == nil {
            try checkSteps()
        } else if steps != TrainingRecipe().steps {
            throw RecipeError(key: "steps", expected: "no value, since epochs has one", found: "\(steps)")
        }
        if let groups = parallel.groups, groups > tokens.partialValue {
            throw RecipeError(
                key: "parallel.groups", expected: "at most the \(tokens.partialValue) sequences of a step",
                found: "\(groups)")
        }
        if !exits.trainsLast, exits.scale == 0 || exits.curriculum != .all {
            throw RecipeError(
                key: "exits.train_last",
                expected: "true, or exits.scale above 0 and exits.curriculum: all, so that each step has a loss",
                found: "false")
        }
        if exits.weighting == .learned {
            guard exits.scale > 0, exits.curriculum == .all else {
                throw RecipeError(
                    key: "exits.weighting",
                    expected: "uniform or easy, unless exits.scale is above 0 and exits.curriculum is all",
                    found: "learned")
            }
            guard exits.target == .text || exits.teacher != nil else {
                throw RecipeError(
                    key: "exits.weighting",
                    expected: "uniform or easy, unless exits.target is text or there is an exits.teacher",
                    found: "learned")
            }
        }
        if exits.teacher == .random {
            throw RecipeError(key: "exits.teacher", expected: "a trained model", found: "random weights")
        }
        if exits.lastTarget == .teacher, exits.teacher == nil {
            throw RecipeError(
                key: "exits.teacher", expected: "a model, since exits.last_target is teacher", found: "nothing")
        }
        if let context = model.context, context < batch.length {
            throw RecipeError(
                key: "batch.length", expected: "at most model.context, \(context)", found: "\(batch.length)")
        }
    }

    /// Checks the recipe against a model's number of layers and context length.
    ///
    /// - Throws: ``RecipeError``.
    public func check(layerCount: Int, contextLength: Int) throws(RecipeError) {
        let first = exits.profile == .quadratic ? 2 : 1
        if let exit = exits.exits?.first(where: { $0 < first || $0 > layerCount }) {
            throw RecipeError(
                key: "exits.layers",
                expected: "exits from \(first) to \(layerCount), since the model has \(layerCount) layers"
                    + (first > 1 ? " and exit 1 has weight 0 (equation 6)" : ""), found: "\(exit)")
        }
        if case .list(let measured) = validation.exits, let exit = measured.last, exit > layerCount {
            throw RecipeError(
                key: "validation.exits", expected: "exits from 1 to \(layerCount), the model's layers", found: "\(exit)"
            )
        }
        if let exit = exitBlock, exit >= layerCount {
            throw RecipeError(
                key: "exits.layers",
                expected: layerCount > 1
                    ? "an exit in 1...\(layerCount - 1), before the last layer, for exits.block"
                    : "a model with several layers, for exits.block", found: "\(exit)")
        }
        let weights = exits.weights(step: 0, of: 1, layerCount: layerCount)
        if exits.weighting == .learned, !weights.dropLast().contains(where: { $0 > 0 }) {
            throw RecipeError(
                key: "exits.weighting", expected: "uniform, because no exit before the last layer has a loss",
                found: "learned")
        }
        if !weights.contains(where: { $0 > 0 }) {
            throw RecipeError(
                key: "exits.train_last", expected: "true, because no early exit has a loss", found: "false")
        }
        if let last = freeze.layers.last, last >= layerCount {
            throw RecipeError(
                key: "freeze.layers", expected: "layers in 0...\(layerCount - 1)", found: "\(freeze.layers)")
        }
        if let last = lora.layers?.last, last >= layerCount {
            throw RecipeError(
                key: "lora.layers", expected: "layers in 0...\(layerCount - 1)", found: "\(lora.layers ?? LayerSet())")
        }
        if batch.length > contextLength {
            throw RecipeError(
                key: "batch.length", expected: "at most the model's context, \(contextLength)", found: "\(batch.length)"
            )
        }
    }

    /// Checks that a number of processes can share the groups of a run's sequences.
    ///
    /// - Throws: ``RecipeError``.
    func check(processCount: Int, groupCount: Int) throws(RecipeError) {
        if processCount > 1, exits.weighting == .learned {
            throw RecipeError(
                key: "exits.weighting", expected: "uniform or easy, or a single process",
                found: "learned in \(processCount) processes")
        }
        guard groupCount % processCount == 0 else {
            throw RecipeError(
                key: "parallel.groups",
                expected: "a multiple of the \(processCount) processes (start as many as divide it; a run keeps its "
                    + "groups, and one that an older version began has 1)",
                found: "\(groupCount)")
        }
    }

    private func require(_ path: String) throws(RecipeError) {
        guard let key = RecipeKey.named(path) else { preconditionFailure("\(path) is no key") }
        if key.value(in: self) == nil { throw RecipeError(key: path, expected: key.expected, found: "nothing") }
    }

    /// Throws if a key has a value.
    func forbid(_ path: String, because reason: String) throws(RecipeError) {
        guard let value = RecipeKey.named(path)?.value(in: self) else { return }
        throw RecipeError(key: path, expected: "no value, since \(reason)", found: "\(value)")
    }

    private func checkHeads() throws(RecipeError) {
        guard let heads = model.heads, let width = model.width else { return }
        _ = try AttentionShape.checked(
            heads: heads, keyValueHeads: model.keyValueHeads ?? heads, headDimension: model.headDimension, width: width
        ) { field, expected, found in
            let key =
                switch field {
                case .heads: "model.heads"
                case .keyValueHeads: "model.key_value_heads"
                case .headDimension: "model.head_dimension"
                }
            return RecipeError(key: key, expected: expected, found: found)
        }
    }

    /// Returns an error for the first key that differs from the run's original recipe although weights depend on it, or
    /// nil if there is none.
    public func difference(from original: TrainingRecipe) -> RecipeError? {
        for key in RecipeKey.all where key.isFixed {
            if let error = difference(from: original, at: key) { return error }
        }
        return nil
    }

    /// Returns an error if the value of a key differs from that in the run's original recipe, otherwise nil.
    func difference(from original: TrainingRecipe, at key: RecipeKey) -> RecipeError? {
        let (old, new) = (key.value(in: original), key.value(in: self))
        if old == new { return nil }
        return RecipeError(
            key: key.path,
            expected: "\(old.map { "\($0)" } ?? "nothing"), as when the run began" + advice(key, old),
            found: new.map { "\($0)" } ?? "nothing")
    }

    /// Advice for the error: a run can be resumed without the model that it started from.
    private func advice(_ key: RecipeKey, _ old: RecipeValue?) -> String {
        guard let old, key.path == "model.start" else { return "" }
        return " (\(key.path)=\(old) resumes it, even if that model no longer exists)"
    }
}
