import CheckpointFiles
import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

/// Comparisons of a resumed run with its checkpoint, and invalid checkpoints.
@Suite("Training state")
struct TrainingStateTests {
    private let folder = TemporaryFolder()

    private func recipe(_ change: (inout TrainingRecipe) -> Void = { _ in }) -> TrainingRecipe {
        TinyTraining.recipe {
            $0.output = folder.file("run")
            $0.data.training = ["a.tokens"]
            $0.data.validation = ["a.tokens"]
            change(&$0)
        }
    }

    private func shard(_ name: String, count: Int = 400, step: Int = 1) throws -> BatchSampler {
        let tokens = (0..<count).map { Token(1 + ($0 * step) % 39) }
        let path = try folder.writeShard([SampleDocument(tokens: tokens)], as: name, vocabularySize: 40)
        return try BatchSampler([TokenShard(path: path)], length: TinyTraining.length)
    }

    private func run(
        _ recipe: TrainingRecipe, _ data: any BatchSource, validation: (any BatchSource)? = nil,
        configuration: ModelConfiguration = TinyTraining.configuration
    ) throws -> TrainingRun {
        let described = HuggingFaceConfiguration(
            model: TinyTraining.configuration(of: configuration.architecture), tiesHead: true)
        let weights = RandomInitializer(seed: 3, configuration, isTied: true)
        let start = TrainingStart(
            StoredModel(configuration, weights), tokenizerFingerprint: 7, vocabularySize: 40
        ) { folder in
            let path = folder.path(for: ModelFolder.Name.configuration)
            try TextFile.write(described.json(file: path), to: path)
        }
        return try TrainingRun(
            recipe, from: start, training: data, validation: validation ?? data, on: ComputeContext(threads: 1))
    }

    /// Runs up to a step.
    private func make(_ recipe: TrainingRecipe, _ data: any BatchSource, until step: Int) throws {
        var run = try run(recipe, data)
        var made = 0
        _ = try run.run(shouldStop: { made == step }) { if case .step(let step) = $0 { made = step.step } }
    }

    private func change(_ step: Int, _ change: (inout [String: Any]) -> Void) throws {
        let url = URL(filePath: folder.file("run/checkpoints/step-\(step)/state.json"))
        let found = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
        var state = try #require(found)
        change(&state)
        try JSONSerialization.data(withJSONObject: state).write(to: url)
    }

    @Test func otherDataIsRefusedAndTheSameElsewhereIsNot() throws {
        let recipe = recipe()
        let data = try shard("a.tokens")
        try make(recipe, data, until: 2)
        let larger = try shard("b.tokens", count: 700)
        let error = #expect(throws: RecipeError.self) { try run(recipe, larger) }
        #expect(error?.key == "data.training")
        #expect(error?.expected.hasPrefix("401 tokens (") == true)
        #expect(error?.expected.contains("as when the run began") == true)
        #expect(error?.found.hasPrefix("701 tokens (") == true)
        // The same number of tokens, but other ones.
        let other = try shard("c.tokens", step: 2)
        #expect(throws: RecipeError.self) { try run(recipe, other) }
        // The same tokens under another name.
        let moved = self.recipe { $0.data.training = ["moved.tokens"] }
        #expect(try run(moved, shard("moved.tokens")).origin == TrainingOrigin(step: 2))
        // Weights do not depend on validation data.
        #expect(try run(recipe, data, validation: other).origin.hasOtherValidation)
        #expect(try !run(recipe, data, validation: shard("moved.tokens")).origin.hasOtherValidation)
    }

    @Test func anOldCheckpointIsResumedAndSaysSo() throws {
        let data = try shard("a.tokens")
        try make(recipe(), data, until: 2)
        try change(2) {
            $0["format"] = 1
            $0["groups"] = nil
            $0["data"] = nil
            $0["updates"] = nil
            $0["hashes"] = nil
        }
        #expect(try run(recipe(), data).origin.isOlderFormat)
        // A validation adds only its loss to the checkpoint.
        var validating: TrainingRun? = try run(recipe { $0.validation.every = 1 }, data)
        var isValidated = false
        _ = try validating?.run(shouldStop: { isValidated }) { if case .validation = $0 { isValidated = true } }
        validating = nil
        let state = try TrainingState(checkpoint: folder.file("run/checkpoints/step-2"), step: 2)
        #expect(state.format == 1 && state.validationLoss != nil)
        #expect(state.data == nil && state.updates == nil && state.hashes == nil)
        // The old format compares paths.
        let error = #expect(throws: RecipeError.self) {
            try run(self.recipe { $0.data.training = ["b.tokens"] }, data)
        }
        #expect(error?.expected == "[a.tokens], as when the run began")
        // It also compares the number of sequences.
        let larger = try shard("b.tokens", count: 30)
        #expect(throws: CheckpointError.self) { try run(recipe(), larger) }
        try make(recipe(), data, until: 4)
        #expect(try !run(recipe(), data).origin.isOlderFormat)
    }

    /// A run that began before gradients were summed in groups has one group, whatever the default is now.
    @Test func aRunWithoutGroupsIsFinishedInItsOldOrder() throws {
        let data = try shard("a.tokens")
        let old = recipe { $0.parallel.groups = 1 }
        try make(old, data, until: 2)
        try change(2) {
            $0["format"] = 2
            $0["groups"] = nil
            var recipe = $0["recipe"] as? [String: Any] ?? [:]
            recipe["parallel.groups"] = nil
            $0["recipe"] = recipe
        }
        #expect(try !run(recipe(), data).origin.isOlderFormat)
        try make(recipe(), data, until: 4)
        let state = try TrainingState(checkpoint: folder.file("run/checkpoints/step-4"), step: 4)
        #expect(state.format == 2 && state.groups == nil)
        var whole = try TinyTraining.trainer(old, data: data)
        var grouped = try TinyTraining.trainer(recipe(), data: data)
        for _ in 0..<4 {
            _ = try whole.makeStep()
            _ = try grouped.makeStep()
        }
        let stored = try StoredModel(ModelFiles(ModelFolder(path: folder.file("run/newest"))))
        for tensor in whole.model.tensors {
            let found = try stored.source.tensor(named: tensor.name, shape: tensor.shape).vector().values
            #expect(found == tensor.values.values, "\(tensor.name)")
        }
        #expect(grouped.model.bits != whole.model.bits)
    }

    /// A stopped run may leave a checkpoint before its validation. The loss is added later, and the hashes stay.
    @Test func aLossIsAddedToACheckpointThatKeepsItsHashes() throws {
        let data = try shard("a.tokens")
        let recipe = recipe { $0.validation.every = 2 }
        var isStopped = false
        var first: TrainingRun? = try run(recipe, data)
        _ = try first?.run(shouldStop: { isStopped }) { if case .step(let step) = $0 { isStopped = step.step == 2 } }
        let path = folder.file("run/checkpoints/step-2")
        let before = try TrainingState(checkpoint: path, step: 2)
        #expect(before.validationLoss == nil && before.hashes?.count == 3)
        // First in the same process, then in another one.
        var isValidated = false
        _ = try first?.run(shouldStop: { isValidated }) { if case .validation = $0 { isValidated = true } }
        first = nil
        let after = try TrainingState(checkpoint: path, step: 2)
        #expect(after.validationLoss != nil && after.hashes == before.hashes)
        _ = try run(recipe, data)
    }

    @Test(arguments: [
        ("place", ["epoch": Int.max, "index": 5] as [String: Int]), ("place", ["epoch": 0, "index": 11]),
        ("place.epoch", ["epoch": -1, "index": 12]), ("place.index", ["epoch": 0, "index": -12]),
        ("place", ["epoch": 0, "index": Int.max]),
    ])
    func impossiblePlacesAreRefused(_ name: String, _ place: [String: Int]) throws {
        let data = try shard("a.tokens")
        try make(recipe(), data, until: 2)
        try change(2) { $0["place"] = place }
        let error = #expect(throws: CheckpointError.self) { try run(recipe(), data) }
        #expect(error?.file == folder.file("run/checkpoints/step-2/state.json"))
        #expect(error?.name == name)
    }

    @Test func impossibleNumbersAreRefused() throws {
        let data = try shard("a.tokens")
        try make(recipe(), data, until: 2)
        let file = folder.file("run/checkpoints/step-2/state.json")
        let whole = try TextFile.bytes(file)
        let changes: [(name: String, change: (inout [String: Any]) -> Void)] = [
            ("step", { $0["step"] = -2 }), ("step", { $0["step"] = 3 }), ("format", { $0["format"] = 4 }),
            ("groups", { $0["groups"] = 0 }), ("groups", { $0["groups"] = nil }), ("groups", { $0["groups"] = 7 }),
            ("format", { $0["format"] = 0 }), ("key \"step\"", { $0["step"] = "2" }),
            ("validation_loss", { $0["validation_loss"] = -1 }),
            ("data", { $0["data"] = nil }), ("updates", { $0["updates"] = nil }), ("hashes", { $0["hashes"] = nil }),
            ("hashes", { $0["hashes"] = ["model.safetensors": "0"] }),
            ("hashes", { $0["hashes"] = [:] as [String: Any] }),
            ("hashes", { $0["hashes"] = ["model.safetensors": "0", "../../a": "0"] }),
            ("updates of \"x\"", { $0["updates"] = ["x": 2] }),
            ("updates of \"x\"", { $0["updates"] = ["x": -1] }), ("updates", { $0["updates"] = ["x": 1] }),
            ("tokenizer", { $0["tokenizer"] = "8" }),
            ("recipe", { $0["recipe"] = ["no.such.key": "1"] }), ("recipe steps", { $0["recipe"] = ["steps": "many"] }),
        ]
        for (name, change) in changes {
            try self.change(2, change)
            let error = #expect(throws: CheckpointError.self, "\(name)") { try run(recipe(), data) }
            #expect(error?.file == file)
            #expect(error?.name == name, "\(error as Any)")
            try TextFile.write(whole, to: file)
        }
        _ = try run(recipe(), data)
    }

    @Test(arguments: [50, Int.max]) func aStepBeyondTheLastIsRefused(_ step: Int) throws {
        let data = try shard("a.tokens")
        try make(recipe(), data, until: 4)
        try FileManager.default.moveItem(
            atPath: folder.file("run/checkpoints/step-4"), toPath: folder.file("run/checkpoints/step-\(step)"))
        try change(step) { $0["step"] = step }
        let error = #expect(throws: CheckpointError.self) { try run(recipe(), data) }
        #expect(error?.name == "step")
        #expect(error?.expected == "at most the 4 steps of the recipe")
    }

    @Test func numbersThatAreNoneAreRefused() throws {
        let data = try shard("a.tokens")
        try make(recipe(), data, until: 2)
        for (name, tensor) in [
            ("optimizer.safetensors", "m.model.norm.weight"), ("optimizer.safetensors", "v.model.norm.weight"),
            ("model.safetensors", "model.norm.weight"),
        ] {
            let path = folder.file("run/checkpoints/step-2/\(name)")
            let whole = try TextFile.bytes(path)
            var bytes = whole
            let start = try offset(of: tensor, in: whole)
            bytes.replaceSubrange(start..<start + 4, with: [0, 0, 0xC0, 0x7F])
            try TextFile.write(bytes, to: path)
            let error = #expect(throws: CheckpointError.self) { try run(recipe(), data) }
            #expect(error?.file == path)
            #expect(error?.name == "tensor \"\(tensor)\"")
            #expect(error?.found == "nan")
            try TextFile.write(whole, to: path)
        }
        _ = try run(recipe(), data)
    }

    /// Returns the offset of a tensor's first number in a safetensors file.
    private func offset(of tensor: String, in bytes: [UInt8]) throws -> Int {
        let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length])) as? [String: Any]
        let entry = try #require(header?[tensor] as? [String: Any])
        let offsets = try #require(entry["data_offsets"] as? [Int])
        return 8 + length + offsets[0]
    }

    @Test func aModelOfOtherShapesIsRefused() throws {
        let data = try shard("a.tokens")
        try make(recipe(), data, until: 2)
        var other = TinyTraining.configuration
        other.rope.base = 20000
        let error = #expect(throws: CheckpointError.self) { try run(recipe(), data, configuration: other) }
        #expect(error?.file.hasSuffix("config.json") == true)
    }

    @Test func linesThatAreNoMeasurementsStayAndAreUsedForNothing() throws {
        let data = try shard("a.tokens")
        try make(recipe(), data, until: 2)
        let path = folder.file("run/metrics.jsonl")
        let odd = [
            "a note", #"{"step":1}"#, #"{"step":2,"scored_tokens":3,"exits":[]}"#,
            #"{"step":1,"loss":1e300,"last_loss":1,"norm":1,"rate":1,"tokens":1,"tokens_per_second":1e300}"#,
            #"{"step":-9223372036854775808,"loss":1,"last_loss":1,"norm":1,"rate":1,"tokens":1,"tokens_per_second":1}"#,
        ]
        let before = try TextFile.text(path)
        try TextFile.write(Array((odd.joined(separator: "\n") + "\n" + before).utf8), to: path)
        #expect(try run(recipe(), data).origin.unreadableLines == odd.count)
        try make(recipe(), data, until: 4)
        #expect(try TextFile.text(path).hasPrefix(odd.joined(separator: "\n") + "\n" + before))
    }

    /// A layer that is dropped in some steps has fewer gradients, and the checkpoint records their number.
    @Test func gradientsAreCountedAcrossAStop() throws {
        let recipe = recipe {
            $0.steps = 12
            $0.batch.sequences = 1
            $0.batch.accumulation = 1
            $0.dropout.maximum = 0.9
            $0.dropout.depth = .constant
            $0.dropout.time = .constant
            $0.exits.scale = 0
        }
        let data = try shard("a.tokens")
        var whole = try TinyTraining.trainer(recipe, data: data)
        for _ in 0..<12 { _ = try whole.makeStep() }
        #expect(!whole.fewerUpdates.isEmpty)
        for step in [1, 5, 8, 12] { try make(recipe, data, until: step) }
        let state = try TrainingState(checkpoint: folder.file("run/checkpoints/step-12"), step: 12)
        #expect(state.updates == whole.fewerUpdates)
        let stored = try StoredModel(ModelFiles(ModelFolder(path: folder.file("run/newest"))))
        for tensor in whole.model.tensors {
            let found = try stored.source.tensor(named: tensor.name, shape: tensor.shape).vector().values
            #expect(found == tensor.values.values, "\(tensor.name)")
        }
    }
}
