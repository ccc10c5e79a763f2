import TestSupport
import Testing

@testable import TensorCore

/// Gradients of several groups in one batch have the bits of those of each group alone.
@Suite("Gradients of groups")
struct GroupGradientTests {
    private let compute = ComputeContext.with(KernelTable.available[KernelTable.available.count - 1], threads: 2)
    /// The first and third need more than one block of a product's depth.
    private static let counts = [600, 0, 1101, 3, 37]
    private static let (width, hidden, vocabulary) = (16, 24, 11)

    /// Weights of all kinds. The table is used twice, the others once.
    private struct Model {
        let table, gain, heads, weights, bias, back: Parameter
        var all: [Parameter] { [table, gain, heads, weights, bias, back] }
        var usedOnce: [Parameter] { [weights, back] }

        init(_ compute: ComputeContext) {
            func parameter(_ name: String, _ rows: Int, _ columns: Int) -> Parameter {
                Parameter(
                    name: name, randomTensor(rows: rows, columns: columns, seed: UInt64(rows * 7 + columns)),
                    on: compute)
            }
            table = parameter("table", vocabulary, width)
            gain = parameter("gain", 1, width)
            heads = parameter("heads", 1, 8)
            weights = parameter("weights", hidden, width)
            bias = parameter("bias", 1, hidden)
            back = parameter("back", width, hidden)
        }

        /// Back-propagates the losses of rows.
        func losses(_ tokens: [Int32], _ groups: RowGroups, on compute: ComputeContext) -> Tensor {
            let norm = RMSNorm(gain: gain.values, epsilon: 1e-5)
            let x = compute.withGroups(groups) {
                let x = compute.embedding(tokens.span, .unpacked(table.values))
                let (hidden, _) = compute.linears(
                    x, norm: norm, Projection(.unpacked(weights.values), bias: bias.values),
                    Projection(.unpacked(weights.values.detached())))
                let normed = compute.headNorms(hidden, RMSNorm(gain: heads.values, epsilon: 1e-5))
                return compute.linear(normed, .unpacked(back.values), addingTo: x)
            }
            let loss = compute.chunkedLoss(x, rowsAtOnce: 640, groups: groups) { chunk, rows in
                let targets = rows.map { $0 % 3 == 0 ? -1 : (tokens[$0] + 1) % Int32(vocabulary) }
                return compute.crossEntropy(
                    compute.linear(chunk, .unpacked(table.values)), targets: targets, weight: 0.01)
            }
            loss.backward()
            return loss.detached()
        }
    }

    private let tokens = (0..<counts.reduce(0, +)).map { Int32($0 * $0 % vocabulary) }

    /// Which targets are scored depends on the row, so each group begins at a multiple of three.
    private func alone(_ model: Model) -> (losses: [Float], gradients: [[[Float]?]]) {
        var losses: [Float] = []
        var gradients: [[[Float]?]] = []
        var first = 0
        for count in Self.counts {
            let own = Array(tokens[first..<first + count])
            losses.append(count == 0 ? 0 : model.losses(own, RowGroups(counts: [count]), on: compute).scalar)
            gradients.append(model.all.map { $0.gradient?.values })
            model.all.forEach { $0.discardGradient() }
            first += count
        }
        return (losses, gradients)
    }

    @Test(arguments: [false, true]) func groupsOfABatchAreLikeEachAlone(isPostponed: Bool) {
        let model = Model(compute)
        let expected = alone(model)
        for parameter in model.all { parameter.separateGroups(Self.counts.count) }
        if isPostponed { model.usedOnce.forEach { $0.postponeGroups(Self.counts.count) } }
        let losses = model.losses(tokens, RowGroups(counts: Self.counts), on: compute)
        #expect(losses.values == expected.losses)
        for group in Self.counts.indices {
            for (parameter, expected) in zip(model.all, expected.gradients[group]) {
                #expect(parameter.gradient(ofGroup: group)?.values == expected, "\(parameter.name) of group \(group)")
                #expect(parameter.isUsed(byGroup: group) == (expected != nil))
            }
        }
    }

    @Test(arguments: [false, true]) func groupsAreAddedToASumInOrder(isAdding: Bool) {
        let model = Model(compute)
        let expected = alone(model).gradients
        let sums = model.usedOnce.map { Tensor(zeroRows: $0.rows, columns: $0.columns) }
        for sum in sums { sum.fill(0.375) }
        for parameter in model.all { parameter.separateGroups(Self.counts.count) }
        for (parameter, sum) in zip(model.usedOnce, sums) {
            parameter.addGroups(Self.counts.count, to: sum, isAdding: isAdding)
        }
        _ = model.losses(tokens, RowGroups(counts: Self.counts), on: compute)
        for (index, parameter) in model.all.enumerated() {
            guard let place = model.usedOnce.firstIndex(where: { $0 === parameter }) else { continue }
            var total = Array(repeating: Float(0.375), count: parameter.count)
            var isAdding = isAdding
            for gradient in expected.compactMap({ $0[index] }) {
                total = zip(total, gradient).map { isAdding ? $0 + $1 : $1 }
                isAdding = true
            }
            #expect(sums[place].values == total, "\(parameter.name)")
        }
    }

    /// A chunk's limits depend on its group alone, and groups share chunks where they fit.
    @Test func groupsShareChunks() {
        let chunks = RowGroups(counts: [3, 0, 4, 12, 2]).chunks(limit: 7)
        #expect(chunks.map(\.rows) == [0..<7, 7..<14, 14..<21])
        #expect(chunks.map(\.groups.ranges.count) == [5, 5, 5])
        #expect(chunks.map { $0.groups.ranges.map(\.count) } == [[3, 0, 4, 0, 0], [0, 0, 0, 7, 0], [0, 0, 0, 5, 2]])
    }
}
