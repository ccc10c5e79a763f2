import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

/// Training by several processes, which here are threads.
struct ParallelTrainingTests {
    /// What must be the same for any number of processes.
    struct Bits: Equatable {
        var weights: [[UInt32]] = []
        /// The first and second moments of each parameter.
        var moments: [[UInt32]] = []
        var updates: [Int] = []
        var losses: [UInt64] = []
    }

    enum Variant: String, CaseIterable, Sendable {
        case dropout, exits, frozen, recompute, bf16, fewGroups, manyElements, together, togetherDropout, silent,
            teacher, weighted
        case backward, backwardDropout, backwardExits, backwardSilent

        /// Whether many groups of a process share a batch.
        var runsGroupsTogether: Bool { [.together, .togetherDropout, .silent, .teacher, .weighted].contains(self) }
        /// Whether each group runs alone, and is exchanged during its backward pass.
        var runsAlone: Bool { [.backward, .backwardDropout, .backwardExits, .backwardSilent].contains(self) }

        /// Eight groups of one or two sequences.
        var recipe: TrainingRecipe {
            TinyTraining.recipe {
                $0.batch.sequences = runsGroupsTogether ? 12 : runsAlone ? 1 : 4
                $0.batch.accumulation = 12 / $0.batch.sequences
                $0.exits.curriculum = [.exits, .backwardExits].contains(self) ? .rotational(every: 3) : .all
                if [.dropout, .togetherDropout, .backwardDropout].contains(self) {
                    ($0.dropout.maximum, $0.dropout.depth) = (0.95, .constant)
                }
                $0.recompute = [.recompute, .togetherDropout, .backwardDropout].contains(self)
                $0.precision = self == .bf16 ? .bf16 : .f32
                $0.parallel.groups = self == .fewGroups ? 4 : nil
                $0.exits.weighting = self == .weighted ? .easy : .uniform
                if self == .teacher {
                    ($0.exits.target, $0.exits.lastTarget) = (.acceptance, .teacher)
                    $0.exits.teacher = .path("teacher")
                }
            }
        }

        func teacher(of model: Transformer) throws -> Transformer? {
            guard self == .teacher else { return nil }
            let configuration = TinyTraining.configuration
            let weights = RandomInitializer(seed: 8, configuration, isTied: false)
            return try Transformer(
                trainable: StoredModel(configuration, weights), freezing: nil, on: model.compute)
        }

        /// Sequences of which some have no scored target.
        var data: some BatchSource {
            PartlySilentSource(silent: [.silent, .backwardSilent].contains(self) ? [0, 3, 4, 5, 11] : [])
        }

        func model() throws -> Transformer {
            let frozen = self == .frozen ? FrozenParts(layers: [1, 2], embedding: true) : FrozenParts()
            var configuration = TinyTraining.configuration
            // Enough elements that processes own parts of one parameter.
            if self == .manyElements { configuration.vocabularySize = 3000 }
            return try Transformer(
                trainable: StoredModel(
                    configuration, RandomInitializer(seed: 3, configuration, isTied: self != .manyElements)),
                freezing: frozen,
                on: ComputeContext(threads: 1, recycledBytes: 1 << 20, productPrecision: recipe.precision))
        }
    }

    private static func train(_ variant: Variant, processes: Int, steps: Int = 3) throws -> Bits {
        let ranks = try LocalProcesses.run(processes) { group in
            let model = try variant.model()
            var trainer = Trainer(
                variant.recipe, model: model, teacher: try variant.teacher(of: model), data: variant.data,
                processes: group, elementsPerBucket: 3000)
            var bits = Bits()
            for _ in 0..<steps {
                let step = try #require(try trainer.makeStep())
                bits.losses += [step.loss, try #require(step.lastLoss), step.norm].map(\.bitPattern)
            }
            bits.weights = trainer.model.bits
            bits.moments = trainer.optimizer.moments.flatMap { moments in
                [moments.first, moments.second].map { $0.values.map(\.bitPattern) }
            }
            bits.updates = trainer.optimizer.moments.map(\.updates)
            return bits
        }
        for rank in ranks.dropFirst() {
            #expect(rank.weights == ranks[0].weights && rank.losses == ranks[0].losses)
            #expect(rank.updates == ranks[0].updates)
        }
        // Each process has a part of the moments.
        var whole = ranks[0]
        for rank in ranks.dropFirst() {
            for index in whole.moments.indices { whole.moments[index] += rank.moments[index] }
        }
        return whole
    }

    /// Sequences of which those with some indices have no scored target.
    private struct PartlySilentSource: BatchSource {
        let silent: Set<Int>
        private let base = CountingSource()
        var length: Int { base.length }
        var sequencesPerEpoch: Int { base.sequencesPerEpoch }

        func batch(at place: DataPlace, sequences: Int) -> TrainingBatch {
            let batch = base.batch(at: place, sequences: sequences)
            let targets = batch.targets.enumerated().map { row, target in
                silent.contains((place.index + row / length) % sequencesPerEpoch) ? TrainingBatch.unscored : target
            }
            return TrainingBatch(sequences: sequences, length: length, tokens: batch.tokens, targets: targets)
        }
    }

    @Test(arguments: Variant.allCases) func theNumberOfProcessesChangesNoBit(_ variant: Variant) throws {
        let alone = try Self.train(variant, processes: 1)
        #expect(Set(alone.losses).count > 3)
        for processes in variant == .fewGroups ? [2, 4] : [2, 4, 8] {
            #expect(try Self.train(variant, processes: processes) == alone, "\(processes) processes")
        }
    }

    /// Every group's gradients are added in the groups' order, by hand.
    @Test(arguments: [1, 2, 3, 5, 6]) func groupsAreAddedInOrder(_ groups: Int) throws {
        let recipe = TinyTraining.recipe {
            $0.parallel.groups = groups
            $0.optimizer.clip = 0
        }
        let model = try TinyTraining.model()
        let objective = Objective(dropout: recipe.dropout, exits: recipe.exits, recompute: false)
        let moment = LayerDropout.Step(seed: 1, step: 0, of: recipe.steps, layerCount: model.layerCount)
        let source = CountingSource()
        let scored = source.batch(at: DataPlace(), sequences: 6).scoredCount
        var sum: [String: [Float]] = [:]
        for group in 0..<groups {
            var first = 6 * group / groups
            let end = 6 * (group + 1) / groups
            while first < end {
                let count = min(3, end - first)
                let batch = source.batch(at: DataPlace(index: first), sequences: count)
                _ = objective.addGradients(of: batch, to: model, first: first, scored: scored, at: moment)
                first += count
            }
            sum.merge(model.gradients) { zip($0, $1).map(+) }
            model.parameters.forEach { $0.discardGradient() }
        }
        var trainer = try TinyTraining.trainer(recipe)
        _ = try trainer.makeStep()
        // After one step, the first moment is (1 - beta1) times the gradient.
        for (parameter, moments) in zip(trainer.model.parameters, trainer.optimizer.moments) {
            let expected = (sum[parameter.name] ?? []).map { Float(1 - Float(recipe.optimizer.beta1)) * $0 }
            #expect(expected.count == parameter.count)
            for (found, expected) in zip(moments.first.values, expected) {
                #expect(abs(found - expected) <= 2 * expected.ulp, "\(parameter.name)")
            }
        }
    }

    @Test func oneProcessThatStopsStopsAll() throws {
        let ended = try LocalProcesses.run(4) { group in
            var trainer = Trainer(
                Variant.exits.recipe, model: try Variant.exits.model(), data: CountingSource(), processes: group)
            let before = trainer.model.bits
            let isAbandoned = try trainer.makeStep(shouldStop: { group.rank == 2 }) == nil
            return isAbandoned && trainer.model.bits == before && trainer.step == 0
        }
        #expect(ended == [true, true, true, true])
    }

    @Test func shardsDivideAllElements() {
        for processes in [1, 2, 3, 8, 40] {
            let counts = [5, 16384, 100_000, 1, 70_000]
            let shards = GradientShards(counts, processes: processes)
            for (parameter, count) in counts.enumerated() {
                let parts = (0..<processes).map { shards.ranges[$0][parameter] }.filter { !$0.isEmpty }
                #expect(parts.first?.lowerBound == 0 && parts.last?.upperBound == count)
                for (part, next) in zip(parts, parts.dropFirst()) {
                    #expect(part.upperBound == next.lowerBound && next.lowerBound % Parameter.elementsPerSum == 0)
                }
            }
            let buckets = shards.buckets([4, 1, 2, 0, 3], limit: 20_000)
            for process in 0..<processes {
                let sizes = buckets.map { $0.pieces[process].reduce(0) { $0 + $1.elements.count } }.filter { $0 > 0 }
                #expect(sizes.dropLast().allSatisfy { $0 == 20_000 })
                #expect(sizes.reduce(0, +) == shards.ranges[process].reduce(0) { $0 + $1.count })
                let order = buckets.flatMap { $0.pieces[process] }.map(\.parameter)
                #expect(
                    order
                        == order.sorted { [4, 1, 2, 0, 3].firstIndex(of: $0)! < [4, 1, 2, 0, 3].firstIndex(of: $1)! })
            }
            for bucket in buckets {
                #expect(Set(bucket.pieces.joined().map(\.parameter)) == Set(bucket.parameters))
            }
        }
    }

    /// The parts of many small parameters together are as large as those of one large parameter.
    @Test func shardsHaveAboutAsManyElements() {
        for (chunks, processes) in [(1, 8), (2, 8), (3, 2), (5, 8), (9, 4), (7, 5)] {
            let counts = Array(repeating: chunks * Parameter.elementsPerSum, count: 80)
            let sizes = GradientShards(counts, processes: processes).ranges.map { $0.reduce(0) { $0 + $1.count } }
            #expect(sizes.allSatisfy { $0 == 80 * chunks * Parameter.elementsPerSum / processes }, "\(chunks)")
        }
    }

    @Test func groupsDivideAllSequences() {
        for (count, sequences) in [(1, 6), (4, 6), (8, 8), (8, 21)] {
            let groups = SequenceGroups(count: count, sequences: sequences, sequencesPerBatch: 2)
            let batches = (0..<count).flatMap(groups.batches)
            #expect(batches.flatMap { Array($0) } == Array(0..<sequences))
            #expect(batches.allSatisfy { 1...2 ~= $0.count })
        }
    }

    @Test func smallGroupsShareBatches() {
        let groups = SequenceGroups(count: 8, sequences: 12, sequencesPerBatch: 8)
        for (processes, most, expected) in [
            (1, 100, [4, 4]), (1, 3, [2, 3, 3]), (1, 1, Array(repeating: 1, count: 8)), (2, 100, [2, 2]),
            (4, 100, [2]), (8, 100, [1]),
        ] {
            var found: [Range<Int>] = []
            for process in 0..<processes {
                let rounds = groups.rounds(of: process, of: processes, most: most)
                #expect(rounds.map(\.groups) == expected)
                #expect(rounds.allSatisfy { $0.batches.count == 1 && $0.batches[0].count == $0.groups })
                found += rounds.flatMap { $0.batches[0] }
            }
            #expect(Set(found) == Set((0..<8).flatMap(groups.batches)) && found.count == 8)
        }
        // A group that needs several batches runs alone.
        let rounds = SequenceGroups(count: 2, sequences: 12, sequencesPerBatch: 4).rounds(of: 1, of: 2, most: 100)
        #expect(rounds == [SequenceGroups.Round(groups: 1, batches: [[6..<10], [10..<12]])])
    }

    @Test func differencesAreNamed() throws {
        let errors = try LocalProcesses.run(3) { group in
            #expect(throws: Never.self) { try group.check([("a", "1"), ("b", "2\n3")]) }
            let error = #expect(throws: SharedError.self) {
                try group.check([("kernels", "avx2"), ("optimizer.rate", group.rank == 1 ? "0.2" : "0.1")])
            }
            return error?.description ?? ""
        }
        for error in errors {
            #expect(
                error == "optimizer.rate: expected 0.1 in all processes, as in process 0 (host0), found 0.2 in "
                    + "process 1 (host1); start all processes with the same program, recipe and data")
        }
    }

    @Test func anErrorOfOneProcessIsEveryonesError() throws {
        struct Problem: Error, CustomStringConvertible { var description: String { "no such file" } }
        let errors = try LocalProcesses.run(3) { group in
            let error = #expect(throws: SharedError.self) {
                try group.firstAlone { if group.rank == 1 { throw Problem() } }
            }
            return error?.description
        }
        #expect(errors == Array(repeating: "process 1: no such file", count: 3))
    }

    @Test func launchersAreRecognized() {
        func launcher(_ environment: [String: String]) -> Launcher? { Launcher { environment[$0] } }
        #expect(launcher([:]) == nil)
        #expect(launcher(["OMPI_COMM_WORLD_SIZE": "1", "OMPI_COMM_WORLD_RANK": "0"]) == nil)
        // A batch script of SLURM is not one of its job's tasks.
        #expect(launcher(["SLURM_NTASKS": "4", "SLURM_PROCID": "0"]) == nil)
        let openMPI = launcher(["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3"])
        #expect(openMPI?.size == 4 && openMPI?.rank == 3 && openMPI?.interfaces == [.openMPI])
        let mpich = launcher(["PMI_SIZE": "2", "PMI_RANK": "1"])
        #expect(mpich?.size == 2 && mpich?.rank == 1 && mpich?.interfaces.first == .mpich)
        let slurm = launcher(["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "1", "PMIX_RANK": "1"])
        #expect(slurm?.rank == 1 && slurm?.interfaces.first == .openMPI)
        #expect(launcher(["WORLD_SIZE": "2", "RANK": "0"])?.variable == "WORLD_SIZE")
    }
}
