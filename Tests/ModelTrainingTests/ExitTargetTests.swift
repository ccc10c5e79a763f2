import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

/// Exits that learn from the last layer or from a teacher, compared with PyTorch.
@Suite("Exit targets")
struct ExitTargetTests {
    /// The description written by `Tests/GoldenMakers/exit_targets.py`.
    private struct Golden: Decodable {
        struct Case: Decodable {
            let target: String
            let trainsLast: Bool
            let hasTeacher: Bool
            let lastTarget: String
            let weighting: String
            let loss: Float
        }

        let model: String
        let teacher: String
        let length: Int
        let tokens: [Token]
        let targets: [Token]
        let cases: [Case]
        let parameters: [GradientGolden.Values]

        var batch: TrainingBatch {
            TrainingBatch(sequences: tokens.count / length, length: length, tokens: tokens, targets: targets)
        }
        var scored: Int { targets.count { $0 >= 0 } }
    }

    private func model(_ golden: Golden, _ table: KernelTable) throws -> Transformer {
        let file = try GGUFFile(path: Goldens.path(golden.model))
        let compute = ComputeContext(kernels: table, pool: ThreadPool(threads: 2))
        return try Transformer(trainable: StoredModel(ModelFiles(file)), on: compute)
    }

    private func teacher(_ golden: Golden, of model: Transformer) throws -> Transformer {
        let file = try GGUFFile(path: Goldens.path(golden.teacher))
        return try Transformer(trainable: StoredModel(ModelFiles(file)), freezing: nil, on: model.compute)
    }

    /// The exits 1 to 3 with half of the last layer's weight each.
    private func exits(
        _ target: ExitTarget, trainsLast: Bool, hasTeacher: Bool = false, last: LastTarget = .text
    ) -> EarlyExitLoss {
        var exits = EarlyExitLoss()
        exits.scale = 0.5
        exits.profile = .constant
        exits.curriculum = .all
        exits.target = target
        exits.textShare = 0.25
        exits.acceptanceDecay = 2
        exits.trainsLast = trainsLast
        exits.teacher = hasTeacher ? .path("teacher") : nil
        exits.lastTarget = last
        return exits
    }

    private func addGradients(
        _ golden: Golden, to model: Transformer, _ exits: EarlyExitLoss, teacher: Transformer? = nil,
        recompute: Bool = false, dropout: LayerDropout = LayerDropout()
    ) -> Objective.Losses {
        let objective = Objective(dropout: dropout, exits: exits, recompute: recompute)
        return objective.addGradients(
            of: [GroupPart(batch: golden.batch, first: 0)], to: model, teacher: teacher, scored: golden.scored,
            at: LayerDropout.Step(seed: 1, step: 0, of: 1, layerCount: 4))[0]
    }

    @Test(arguments: KernelTable.available) func gradientsAreThoseOfPyTorch(table: KernelTable) throws {
        let golden: Golden = try Goldens.json("exit-targets.json")
        var expected = try Goldens.floats("exit-targets.bin")[...]
        #expect(Set(golden.cases.map(\.target)) == Set(ExitTarget.allCases.map(\.rawValue)))
        for found in golden.cases {
            let target = try #require(ExitTarget(rawValue: found.target))
            let model = try model(golden, table)
            let last = try #require(LastTarget(rawValue: found.lastTarget))
            var exits = exits(target, trainsLast: found.trainsLast, hasTeacher: found.hasTeacher, last: last)
            exits.weighting = try #require(ExitWeighting(rawValue: found.weighting))
            let losses = addGradients(
                golden, to: model, exits,
                teacher: found.hasTeacher ? try teacher(golden, of: model) : nil)
            #expect(relativeError([Float(losses.total)], [found.loss]) < 1e-5, "\(found)")
            let parameters = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0) })
            for description in golden.parameters {
                let gradient = expected.prefix(description.count)
                expected = expected.dropFirst(description.count)
                let parameter = try #require(parameters[description.name])
                if gradient.allSatisfy({ $0 == 0 }) {
                    // Layers behind the deepest exit with a loss are not even recorded.
                    #expect(!found.trainsLast && parameter.gradient == nil, "\(found), \(description.name)")
                } else {
                    let values = try #require(parameter.gradient).values
                    #expect(relativeError(values, gradient) < 2e-5, "\(found), \(description.name)")
                }
            }
        }
        #expect(expected.isEmpty)
    }

    @Test(arguments: ExitTarget.allCases) func recomputedBlocksGiveTheSameBits(target: ExitTarget) throws {
        let golden: Golden = try Goldens.json("exit-targets.json")
        let table = KernelTable.available[KernelTable.available.count - 1]
        func bits(recompute: Bool) throws -> [[UInt32]] {
            let model = try model(golden, table)
            _ = addGradients(golden, to: model, exits(target, trainsLast: true), recompute: recompute)
            return try model.parameters.map { try #require($0.gradient).values.map(\.bitPattern) }
        }
        #expect(try bits(recompute: true) == bits(recompute: false))
    }

    /// The last layer's loss is measured also where it is only imitated, and otherwise not known.
    @Test func theLastLayersLossIsThatOfTheText() throws {
        let golden: Golden = try Goldens.json("exit-targets.json")
        let table = KernelTable.available[0]
        let alone = addGradients(golden, to: try model(golden, table), EarlyExitLoss())
        #expect(alone.last > 0 && alone.last == alone.total)
        for target in ExitTarget.allCases {
            let exits = exits(target, trainsLast: false)
            #expect(exits.measuresLast == (target != .text))
            let losses = addGradients(golden, to: try model(golden, table), exits)
            #expect(abs(losses.last - (target == .text ? 0 : alone.last)) < 1e-6, "\(target)")
        }
        // It is also measured if the last layer learns from a teacher.
        let model = try model(golden, table)
        let taught = exits(.model, trainsLast: true, hasTeacher: true, last: .teacher)
        let losses = addGradients(golden, to: model, taught, teacher: try teacher(golden, of: model))
        #expect(abs(losses.last - alone.last) < 1e-6)
        #expect(!exits(.model, trainsLast: false, hasTeacher: true).measuresLast)
    }

    /// Where all layers are dropped, all exits equal the embedding; a teacher that is the model itself runs all layers.
    @Test func aTeacherHasNoLayerDropout() throws {
        let golden: Golden = try Goldens.json("exit-targets.json")
        let model = try model(golden, KernelTable.available[0])
        var dropout = LayerDropout()
        (dropout.maximum, dropout.depth) = (0.999999, .constant)
        let exits = exits(.model, trainsLast: false, hasTeacher: true)
        #expect(addGradients(golden, to: model, exits, teacher: model.detached(), dropout: dropout).total > 0.1)
        let own = self.exits(.model, trainsLast: false)
        #expect(abs(addGradients(golden, to: model, own, dropout: dropout).total) < 1e-6)
    }

    /// 16-bit weights of a teacher stay in their format, and give the bits of the same weights in f32.
    @Test(arguments: [DType.bf16, .f16]) func teachersKeepTheirFormat(dtype: DType) throws {
        let rounded = StoredModel(
            TinyTraining.configuration, RoundedWeights(base: TinyTraining.weights, dtype: dtype))
        let compute = try ComputeContext(threads: 1)
        let teachers = try [rounded, rounded.dequantized].map {
            try Transformer(trainable: $0, freezing: nil, on: compute)
        }
        #expect(teachers[0].weightByteCount < teachers[1].weightByteCount * 6 / 10)
        #expect(teachers.allSatisfy { $0.parameters.isEmpty })
        let batch = CountingSource().batch(at: DataPlace(), sequences: 3)
        let distributions = teachers.map { Teacher($0, batch, rows: [0, 3, 7, 20]).distributions(rows: 1..<4) }
        #expect(distributions[0].probabilities.values == distributions[1].probabilities.values)
        // Row by row, as the model itself says it.
        var memory = CausalBatch(for: teachers[0], length: 8)
        let all = teachers[0].logits(teachers[0].run(0..<4, teachers[0].embed(batch.tokens), &memory))
        let expected = compute.targetDistributions(compute.gather(all, rows: [3, 7, 20]))
        #expect(distributions[0].probabilities.values == expected.probabilities.values)
    }
}
