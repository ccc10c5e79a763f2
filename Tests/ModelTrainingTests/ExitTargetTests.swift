import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

/// Early exits that learn from the last layer, compared with PyTorch.
@Suite("Exit targets")
struct ExitTargetTests {
    /// The description written by `Tests/GoldenMakers/exit_targets.py`.
    private struct Golden: Decodable {
        struct Case: Decodable {
            let target: String
            let trainsLast: Bool
            let loss: Float
        }

        let model: String
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

    /// The exits 1 to 3 with half of the last layer's weight each.
    private func exits(_ target: ExitTarget, trainsLast: Bool) -> EarlyExitLoss {
        var exits = EarlyExitLoss()
        exits.scale = 0.5
        exits.profile = .constant
        exits.curriculum = .all
        exits.target = target
        exits.textShare = 0.25
        exits.acceptanceDecay = 2
        exits.trainsLast = trainsLast
        return exits
    }

    private func addGradients(
        _ golden: Golden, to model: Transformer, _ exits: EarlyExitLoss, recompute: Bool = false
    ) -> Objective.Losses {
        let objective = Objective(dropout: LayerDropout(), exits: exits, recompute: recompute)
        return objective.addGradients(
            of: golden.batch, to: model, first: 0, scored: golden.scored,
            at: LayerDropout.Step(seed: 1, step: 0, of: 1, layerCount: 4))
    }

    @Test(arguments: KernelTable.available) func gradientsAreThoseOfPyTorch(table: KernelTable) throws {
        let golden: Golden = try Goldens.json("exit-targets.json")
        var expected = try Goldens.floats("exit-targets.bin")[...]
        #expect(Set(golden.cases.map(\.target)) == Set(ExitTarget.allCases.map(\.rawValue)))
        for found in golden.cases {
            let target = try #require(ExitTarget(rawValue: found.target))
            let model = try model(golden, table)
            let losses = addGradients(golden, to: model, exits(target, trainsLast: found.trainsLast))
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
    }
}
