extension TrainingRecipe {
    /// Finds what no key shows by itself: what is missing, and what does not go together.
    ///
    /// - Throws: ``RecipeError``.
    public func check() throws(RecipeError) {
        try require("output")
        try require("data.training")
        if validation.every > 0 { try require("data.validation") }
        switch model.start {
        case .random:
            for key in ["model.tokenizer", "model.layers", "model.width", "model.feed_forward", "model.heads"] {
                try require(key)
            }
            try checkHeads()
        case .path(let path):
            for key in RecipeKey.all where key.path.hasPrefix("model.") && key.path != "model.start" {
                guard let value = key.value(in: self) else { continue }
                throw RecipeError(
                    key: key.path, expected: "no value, since the model comes from \(path)", found: "\(value)")
            }
        }
        if rate.warmup > steps {
            throw RecipeError(key: "optimizer.warmup", expected: "at most \(steps) steps", found: "\(rate.warmup)")
        }
        if let context = model.context, context < batch.length {
            throw RecipeError(
                key: "batch.length", expected: "at most model.context, \(context)", found: "\(batch.length)")
        }
    }

    /// Finds what a model of so many layers cannot have.
    ///
    /// - Throws: ``RecipeError``.
    public func check(layerCount: Int, contextLength: Int) throws(RecipeError) {
        if let exit = exits.exits?.first(where: { !(2...max(2, layerCount)).contains($0) }) {
            throw RecipeError(
                key: "exits.layers",
                expected: "exits in 2...\(max(2, layerCount)), since the model has \(layerCount) layers and the first "
                    + "weighs nothing (equation 6)", found: "\(exit)")
        }
        if let last = freeze.layers.last, last >= layerCount {
            throw RecipeError(
                key: "freeze.layers", expected: "layers in 0...\(layerCount - 1)", found: "\(freeze.layers)")
        }
        if batch.length > contextLength {
            throw RecipeError(
                key: "batch.length", expected: "at most the model's context, \(contextLength)", found: "\(batch.length)"
            )
        }
    }

    private func require(_ path: String) throws(RecipeError) {
        guard let key = RecipeKey.named(path) else { preconditionFailure("\(path) is no key") }
        if key.value(in: self) == nil { throw RecipeError(key: path, expected: key.expected, found: "nothing") }
    }

    private func checkHeads() throws(RecipeError) {
        guard let heads = model.heads, let width = model.width else { return }
        let keyValueHeads = model.keyValueHeads ?? heads
        if heads % keyValueHeads != 0 {
            throw RecipeError(
                key: "model.key_value_heads", expected: "a divisor of the \(heads) heads", found: "\(keyValueHeads)")
        }
        if model.headDimension == nil, width % heads != 0 {
            throw RecipeError(
                key: "model.heads", expected: "a divisor of the width, \(width), or model.head_dimension",
                found: "\(heads)")
        }
        let dimension = model.headDimension ?? width / heads
        if dimension % 2 != 0 {
            throw RecipeError(
                key: "model.head_dimension", expected: "an even number, since RoPE turns pairs", found: "\(dimension)")
        }
    }

    /// The keys whose values differ from those of the recipe that a run began with, though weights depend on them.
    public func difference(from original: TrainingRecipe) -> RecipeError? {
        for key in RecipeKey.all where key.isFixed {
            let (old, new) = (key.value(in: original), key.value(in: self))
            if old != new {
                return RecipeError(
                    key: key.path, expected: "\(old.map { "\($0)" } ?? "nothing"), as when the run began",
                    found: new.map { "\($0)" } ?? "nothing")
            }
        }
        return nil
    }
}
