extension TrainingRecipe {
    /// The exit with a block of its own; nil if there is none.
    package var exitBlock: Int? { hasExitBlock ? exits.exits?.first : nil }

    /// Checks the settings of an exit block against the others.
    ///
    /// - Throws: ``RecipeError``.
    func checkExitBlock() throws(RecipeError) {
        func failure(_ key: String, expected: String, found: Any) -> RecipeError {
            RecipeError(key: key, expected: expected, found: "\(found)")
        }
        guard hasExitBlock else {
            guard freeze.trunk else { return }
            throw failure(
                "freeze.trunk", expected: "exits.block: true with it, since nothing else would learn", found: true)
        }
        guard let exits = exits.exits, exits.count == 1 else {
            throw failure(
                "exits.layers", expected: "one exit, which gets the block of exits.block",
                found: exits.exits.map { "\($0)" } ?? "nothing")
        }
        if self.exits.trained == nil {
            let (key, found) = self.exits.scale > 0 ? ("exits.curriculum", "none") : ("exits.scale", "0")
            throw failure(key, expected: "an early exit loss, so that the block of exits.block learns", found: found)
        }
        if lora.rank != nil {
            throw failure(
                "exits.block", expected: "false, since lora.rank is set: an adapter has no place for it", found: true)
        }
        if freeze.trunk, self.exits.trainsLast {
            throw failure("exits.train_last", expected: "false, since freeze.trunk freezes the last layer", found: true)
        }
    }
}
