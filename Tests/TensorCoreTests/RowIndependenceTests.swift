import TensorCore
import Testing

/// The guarantee that makes speculative text equal to plain text: a row's result never depends on other rows.
@Suite("A row alone and with others")
struct RowIndependenceTests {
    @Test(arguments: KernelTable.available, DType.allCases)
    func productsAreTheSame(table: KernelTable, dtype: DType) {
        let columns = dtype.columns(atLeast: 160)
        let x = randomTensor(rows: 17, columns: columns, seed: 5)
        let matrix = FileMatrix(random: dtype, rows: 100, columns: columns, seed: 6)
        let alone = ComputeContext.with(table)
        let weights = matrix.packed(on: alone)
        let rows = (0..<17).map { alone.linear(x[rows: $0..<$0 + 1], weights).bits }
        for threads in 1...3 {
            let context = ComputeContext.with(table, threads: threads)
            let weights = matrix.packed(on: context)
            for count in 1...17 {
                #expect(context.linear(x[rows: 0..<count], weights).bits == rows[..<count].flatMap(\.self))
                #expect(context.linear(x[rows: 17 - count..<17], weights).bits == rows[(17 - count)...].flatMap(\.self))
            }
        }
    }

    @Test(arguments: KernelTable.available) func rowOperationsAreTheSame(table: KernelTable) {
        let x = randomTensor(rows: 33, columns: 52, seed: 8)
        let up = randomTensor(rows: 33, columns: 52, seed: 9)
        let gain = randomTensor(rows: 1, columns: 52, seed: 10)
        let rotary = RotaryEmbedding(pairing: .halfSplit, frequencies: (1...13).map { 1 / Float($0) })
        for threads in 1...3 {
            let context = ComputeContext.with(table, threads: threads)
            let norm = context.rmsNorm(x, RMSNorm(gain: gain, epsilon: 1e-5))
            let gated = context.swiglu(gate: x, up: up)
            let gatedByGELU = context.geglu(gate: x, up: up)
            let scaled = context.scaled(x, by: 0.3)
            let weights = context.softmax(x)
            let headGain = RMSNorm(gain: randomTensor(rows: 1, columns: 13, seed: 11), epsilon: 1e-5)
            let heads = context.headNorms(x, headGain)
            let shifted = context.add(x, row: gain)
            let turned = context.rotated(x, by: rotary, headDimension: 26, first: 250)
            for row in 0..<33 {
                let one = row..<row + 1
                #expect(context.rmsNorm(x[rows: one], RMSNorm(gain: gain, epsilon: 1e-5)).bits == norm[rows: one].bits)
                #expect(context.swiglu(gate: x[rows: one], up: up[rows: one]).bits == gated[rows: one].bits)
                #expect(context.geglu(gate: x[rows: one], up: up[rows: one]).bits == gatedByGELU[rows: one].bits)
                #expect(context.scaled(x[rows: one], by: 0.3).bits == scaled[rows: one].bits)
                #expect(context.softmax(x[rows: one]).bits == weights[rows: one].bits)
                #expect(context.headNorms(x[rows: one], headGain).bits == heads[rows: one].bits)
                #expect(context.add(x[rows: one], row: gain).bits == shifted[rows: one].bits)
                let alone = context.rotated(x[rows: one], by: rotary, headDimension: 26, first: 250 + row)
                #expect(alone.bits == turned[rows: one].bits)
            }
        }
    }
}
