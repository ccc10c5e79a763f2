import ModelTraining
import Testing

@Suite("Recipe")
struct TrainingRecipeTests {
    static func complete() -> TrainingRecipe {
        var recipe = TrainingRecipe()
        recipe.output = "runs/a"
        recipe.model.tokenizer = "tokenizer.json"
        recipe.model.layers = 4
        recipe.model.width = 64
        recipe.model.feedForward = 96
        recipe.model.heads = 4
        recipe.data.training = ["a"]
        recipe.data.validation = ["b"]
        return recipe
    }

    private func key(_ path: String) throws -> RecipeKey { try #require(RecipeKey.named(path)) }

    @Test func keysAreUniqueAndExplained() {
        #expect(Set(RecipeKey.all.map(\.path)).count == RecipeKey.all.count)
        #expect(RecipeKey.all.allSatisfy { !$0.about.isEmpty && !$0.expected.isEmpty })
    }

    @Test func everyKeyReadsWhatItWrites() throws {
        var recipe = Self.complete()
        recipe.threads = 3
        recipe.model.keyValueHeads = 2
        recipe.model.ropeBase = 500_000.5
        recipe.model.isTied = false
        recipe.rate.peak = 0.1 + 0.2
        recipe.exits.exits = [2, 3]
        recipe.exits.curriculum = .rotational(every: 3)
        recipe.dropout.depth = .linear
        recipe.freeze.layers = try #require(LayerSet("0-1, 3"))
        recipe.model.start = .path("a.gguf")
        var copy = TrainingRecipe()
        for key in RecipeKey.all {
            if let value = key.value(in: recipe) { try key.set(value, in: &copy) }
        }
        #expect(copy == recipe)
    }

    @Test(arguments: [
        ("steps", "0"), ("steps", "ten"), ("steps", "1.5"), ("seed", "-1"), ("batch.length", "0"),
        ("optimizer.rate", "fast"), ("optimizer.rate", "nan"), ("optimizer.rate", "-1"), ("optimizer.beta2", "1"),
        ("dropout.maximum", "1"), ("dropout.depth", "steep"), ("exits.scale", "1.1"), ("exits.layers", "two"),
        // Numbers too small for a double or f32, which would be read as 0.
        ("optimizer.rate", "0"), ("optimizer.rate", "1e-400"), ("exits.scale", "1e-400"), ("exits.scale", "0.0001E-40"),
        ("dropout.maximum", "1e-31"), ("optimizer.clip", "1e400"), ("optimizer.clip", "inf"), ("exits.scale", "0x1p-3"),
        ("exits.curriculum", "spiral"), ("freeze.layers", "3-1"), ("freeze.layers", "1 2"), ("freeze.layers", "2, 2"),
        ("freeze.layers", "+1"), ("freeze.layers", "1,"), ("freeze.layers", ""), ("model.tied", "yes"), ("output", ""),
    ])
    func illTypedValuesNameKeyAndWhatIsExpected(_ path: String, _ value: String) throws {
        let key = try key(path)
        var recipe = TrainingRecipe()
        let error = RecipeError(key: path, expected: key.expected, found: value)
        #expect(throws: error) { try key.set(.scalar(value), in: &recipe) }
        #expect(recipe == TrainingRecipe())
    }

    @Test(arguments: [[], ["2", "2"], ["3", "2"], ["0"], ["-1", "2"], ["2", "4097"], ["2", "x"], ["2", ""]])
    func exitsAreAscendingAndAtLeastOne(_ exits: [String]) throws {
        var recipe = TrainingRecipe()
        let error = #expect(throws: RecipeError.self) { try key("exits.layers").set(.list(exits), in: &recipe) }
        #expect(error?.expected == "a list of ascending integers in 1...4096, at least one")
        #expect(error?.found == "[\(exits.joined(separator: ", "))]")
        // Users of the library may set any value.
        recipe = Self.complete()
        recipe.exits.exits = exits.compactMap { Int($0) }
        if recipe.exits.exits?.count == exits.count { #expect(throws: RecipeError.self) { try recipe.check() } }
    }

    @Test(arguments: ["0", "0.0", "0e-9", "-0", "1e-30", ".5", "+1", "1E0"]) func numbersAreRead(_ text: String) throws
    {
        var recipe = TrainingRecipe()
        try key("exits.scale").set(.scalar(text), in: &recipe)
        #expect(recipe.exits.scale == Double(text))
        try key("freeze.layers").set(.scalar(" 0 - 2,4 "), in: &recipe)
        #expect(recipe.freeze.layers == LayerSet("0-2, 4"))
    }

    @Test func aListIsNoNumber() throws {
        var recipe = TrainingRecipe()
        #expect(throws: RecipeError.self) { try key("steps").set(.list(["3"]), in: &recipe) }
    }

    @Test func aCompleteRecipeIsAccepted() throws {
        try Self.complete().check()
        try Self.complete().check(layerCount: 4, contextLength: 256)
    }

    /// Returns a complete recipe in which one key has another value, or none.
    private func changed(_ path: String, _ value: String?) throws -> TrainingRecipe {
        var recipe = TrainingRecipe()
        for key in RecipeKey.all {
            guard key.path != path, let complete = key.value(in: Self.complete()) else { continue }
            try key.set(complete, in: &recipe)
        }
        if let value { try key(path).set(.scalar(value), in: &recipe) }
        return recipe
    }

    @Test(arguments: [
        ("output", nil, "output"),
        ("data.training", nil, "data.training"),
        ("data.validation", nil, "data.validation"),
        ("model.width", nil, "model.width"),
        ("model.tokenizer", nil, "model.tokenizer"),
        // A model file has its own shape and tokenizer.
        ("model.start", "x.gguf", "model.tokenizer"),
        ("model.key_value_heads", "3", "model.key_value_heads"),
        ("model.heads", "5", "model.heads"),
        ("model.head_dimension", "7", "model.head_dimension"),
        ("optimizer.warmup", "1001", "optimizer.warmup"),
        ("model.context", "255", "batch.length"),
    ])
    func whatDoesNotGoTogetherIsNamed(_ path: String, _ value: String?, _ expected: String) throws {
        let recipe = try changed(path, value)
        let error = #expect(throws: RecipeError.self) { try recipe.check() }
        #expect(error?.key == expected)
    }

    @Test(arguments: [
        ("exits.layers", "5"), ("exits.layers", "1"), ("freeze.layers", "3-4"), ("batch.length", "300"),
    ])
    func whatTheModelDoesNotHaveIsNamed(_ path: String, _ value: String) throws {
        let recipe = try changed(path, value)
        let error = #expect(throws: RecipeError.self) { try recipe.check(layerCount: 4, contextLength: 256) }
        #expect(error?.key == path)
    }

    @Test func theFirstLayerMayExitWhereItWeighsSomething() throws {
        let recipe = try changed("exits.profile", "constant")
        var first = recipe
        first.exits.exits = [1]
        try first.check(layerCount: 4, contextLength: 256)
        first.exits.exits = [0]
        let error = #expect(throws: RecipeError.self) { try first.check(layerCount: 4, contextLength: 256) }
        #expect(error?.key == "exits.layers")
    }

    /// Values set directly, not through keys: users of the library may set any value.
    @Test func valuesOutOfRangeAreErrors() {
        for (path, change) in [
            ("seed", { $0.seed = -1 }), ("batch.sequences", { $0.batch.sequences = 0 }),
            ("batch.length", { $0.batch.length = 0 }),
            ("model.head_dimension", { $0.model.headDimension = 8192 }),
            ("model.heads", { ($0.model.width, $0.model.heads) = (8192, 1) }),
        ] as [(String, (inout TrainingRecipe) -> Void)] {
            var recipe = Self.complete()
            change(&recipe)
            let error = #expect(throws: RecipeError.self) { try recipe.check() }
            #expect(error?.key == path)
        }
    }

    @Test func aModelOfOneLayerHasNoEarlyExit() throws {
        var recipe = Self.complete()
        recipe.exits.exits = [2]
        let error = #expect(throws: RecipeError.self) { try recipe.check(layerCount: 1, contextLength: 256) }
        #expect(error?.key == "exits.layers")
    }

    @Test func aResumedRunMayChangeOnlyWhatWeightsDoNotDependOn() {
        let original = Self.complete()
        var harmless = original
        harmless.threads = 7
        harmless.output = "elsewhere"
        harmless.checkpoints.keep = 9
        harmless.validation.every = 3
        #expect(harmless.difference(from: original) == nil)
        var other = original
        other.rate.peak = 5e-4
        #expect(
            other.difference(from: original)
                == RecipeError(key: "optimizer.rate", expected: "0.001, as when the run began", found: "0.0005"))
    }

    @Test func theFourAblationsDifferInTwoSwitches() {
        var both = Self.complete()
        #expect(both.dropout.maximum == 0)
        #expect(both.exits.weights(step: 0, of: 10, layerCount: 4) == [0, 0, 0, 1])
        both.dropout.maximum = 0.1
        both.exits.scale = 0.2
        both.exits.curriculum = .all
        #expect(both.difference(from: Self.complete())?.key == "dropout.maximum")
    }
}
