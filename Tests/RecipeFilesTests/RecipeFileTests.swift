import ModelTraining
import RecipeFiles
import Testing

@Suite("Recipes in YAML")
struct RecipeFileTests {
    private static let complete = """
        output: runs/a
        steps: 20
        model:
          start: tiny.gguf
        data:
          training: [a.tokens, b.tokens]
          validation: c.tokens
        batch: {sequences: 4, length: 32}
        optimizer:
          rate: 3e-4
          decay: linear
        exits:
          scale: 0.2
          curriculum: rotational 3
          layers: [2, 3]
        dropout: {maximum: .1, depth: exponential}
        freeze: {layers: 0-1}
        recompute: true
        """

    private func read(_ text: String, _ overrides: String...) throws -> TrainingRecipe {
        try RecipeFile(text, name: "r.yaml", overrides: overrides).recipe
    }

    @Test func everyKindOfValueIsRead() throws {
        let recipe = try read(Self.complete)
        #expect(recipe.output == "runs/a")
        #expect(recipe.steps == 20)
        #expect(recipe.model.start == .path("tiny.gguf"))
        #expect(recipe.data.training == ["a.tokens", "b.tokens"])
        #expect(recipe.data.validation == ["c.tokens"])
        #expect(recipe.batch.sequences == 4)
        #expect(recipe.batch.length == 32)
        #expect(recipe.batch.accumulation == 1)
        #expect(recipe.rate.peak == 3e-4)
        #expect(recipe.rate.decay == .linear)
        #expect(recipe.exits.curriculum == .rotational(every: 3))
        #expect(recipe.exits.exits == [2, 3])
        #expect(recipe.dropout.maximum == 0.1)
        #expect(recipe.freeze.layers == LayerSet("0-1"))
        #expect(recipe.recompute)
    }

    @Test func theCommandLineComesLast() throws {
        let recipe = try read(Self.complete, "steps=7", "exits.curriculum=all", "exits.layers=[3]", "steps=8")
        #expect(recipe.steps == 8)
        #expect(recipe.exits.curriculum == .all)
        #expect(recipe.exits.exits == [3])
    }

    @Test func anOverrideReplacesTheLengthInTheOtherUnit() throws {
        let byEpochs = try read(Self.complete, "epochs=1.5")
        #expect(byEpochs.epochs == 1.5)
        let bySteps = try read(Self.complete.replacing("steps: 20", with: "epochs: 2"), "steps=7")
        #expect(bySteps.steps == 7 && bySteps.epochs == nil)
        #expect(throws: RecipeFileError.self) { try read(Self.complete, "epochs=1.5", "steps=7") }
        #expect(throws: RecipeFileError.self) { try read(Self.complete + "\nepochs: 2") }
    }

    @Test func aWholeGroupIsNoOverride() throws {
        for (override, group) in [("lora=none", "lora"), ("optimizer=none", "optimizer"), ("batch=3", "batch")] {
            let error = #expect(throws: RecipeFileError.self) { try read(Self.complete, override) }
            let value = override.split(separator: "=")[1]
            #expect(error?.key == group && error?.found == "\(value) for all of them", "\(error as Any)")
            #expect(error?.expected.hasPrefix("a value for one of its keys: \(group).") == true)
        }
        #expect(try read(Self.complete, "validation=none").validation.every == 0)
    }

    @Test func measuredExitsAreAWordOrAList() throws {
        #expect(try read(Self.complete).validation.exits == .trained)
        #expect(try read(Self.complete, "validation.exits=all").validation.exits == .all)
        #expect(try read(Self.complete, "validation.exits=[1, 4]").validation.exits == .list([1, 4]))
        #expect(try read(Self.complete, "validation.exits=2").validation.exits == .list([2]))
        for wrong in ["some", "[2, 1]", "[0]", "[]", "[2, 2]"] {
            let error = #expect(throws: RecipeFileError.self) { try read(Self.complete, "validation.exits=\(wrong)") }
            #expect(error?.expected.hasPrefix("trained, all, or a list of ascending integers") == true)
        }
    }

    @Test(arguments: [
        ("step: 20", "r.yaml:1: step: expected one of output, seed"),
        (
            "batch:\n  lenght: 3",
            "r.yaml:2: batch.lenght: expected one of batch.sequences, batch.length, batch.accumulation"
        ),
        ("steps: many", "r.yaml:1: steps: expected an integer in 1...1000000000, found many"),
        ("\nsteps: \"20\"", "r.yaml:2: steps: expected an integer in 1...1000000000, found the text \"20\""),
        ("steps: [20]", "r.yaml:1: steps: expected an integer in 1...1000000000, found [20]"),
        ("steps: {a: 1}", "r.yaml:1: steps: expected an integer in 1...1000000000, found keys with values"),
        ("recompute: yes", "r.yaml:1: recompute: expected true or false, found yes"),
        ("batch: 3", "r.yaml:1: batch: expected keys with values, found 3"),
        ("- a\n- b", "r.yaml:1: expected keys with values, found a list"),
        ("steps: 1\nsteps: 2", "r.yaml:1: steps: expected each key once, found a duplicate"),
        ("batch: {length: 8}\nbatch.length: 4", "r.yaml:2: batch.length: expected each key once, found a duplicate"),
        ("steps: [1", "r.yaml:"),
        ("steps:\n", "r.yaml:1: steps: expected an integer in 1...1000000000, found nothing"),
        ("output: ~", "r.yaml:1: output: expected a path, found nothing (~)"),
        ("output: null", "r.yaml:1: output: expected a path, found nothing (null)"),
        (
            "exits: {layers: [2, x]}",
            "r.yaml:1: exits.layers: expected a list of ascending integers in 1...4096, at least one, found [2, x]"
        ),
        ("", "r.yaml: output: expected a path, found nothing"),
    ])
    func mistakesNameLineAndKey(_ text: String, _ expected: String) throws {
        let error = #expect(throws: RecipeFileError.self) { try read(text) }
        let text = try #require(error).description
        #expect(text.hasPrefix(expected), "\(text)")
    }

    @Test(arguments: [
        ("steps", "steps: expected key.path=value, found no ="),
        ("steps=", "steps=: steps: expected a value, found nothing"),
        ("steps=x", "steps=x: steps: expected an integer in 1...1000000000, found x"),
        ("stops=1", "stops=1: stops: expected one of output"),
        ("output=run #2", "output=run #2: output: expected a value without a comment; quote a value that has a #"),
        ("batch=1", "batch=1: batch: expected a value for one of its keys: batch.sequences=, batch.length="),
        ("optimizer.warmup=30", "optimizer.warmup=30: optimizer.warmup: expected at most 20 steps, found 30"),
    ])
    func mistakesOnTheCommandLineNameTheArgument(_ argument: String, _ expected: String) throws {
        let error = #expect(throws: RecipeFileError.self) { try read(Self.complete, argument) }
        let text = try #require(error).description
        #expect(text.hasPrefix(expected), "\(text)")
    }

    @Test func whatDoesNotGoTogetherNamesTheLineToo() {
        let error = #expect(throws: RecipeFileError.self) {
            try read(Self.complete + "\n", "optimizer.warmup=3", "steps=2")
        }
        #expect(error?.place == "optimizer.warmup=3")
        let inFile = #expect(throws: RecipeFileError.self) {
            try read(Self.complete.replacing("decay: linear", with: "warmup: 99"))
        }
        #expect(inFile?.place == "r.yaml:11")
    }

    @Test func deepNestingIsAnError() {
        #expect(throws: RecipeFileError.self) { try read("steps: " + String(repeating: "[", count: 200_000)) }
        #expect(throws: RecipeFileError.self) { try read(String(repeating: "{a: ", count: 200_000)) }
    }
}
