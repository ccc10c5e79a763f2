import TensorCore
import Testing

/// Fused operations give the same bits as their parts, whatever the weight formats and the number of threads.
@Suite("Fused operations")
struct FusedOperationTests {
    private static let formats: [[DType]] =
        DType.allCases.map { [$0, $0, $0] } + [
            [.q4_0, .f32, .bf16], [.q8_0, .f16, .q4_1], [.bf16, .q4_0, .q8_0], [.q4_K, .q6_K, .q5_0],
            [.iq4_NL, .q8_0, .q4_K],
        ]

    /// The norm of rows that are whole blocks in all of the formats.
    private func norm(_ formats: [DType]) -> RMSNorm {
        let columns = formats.map { $0.columns(atLeast: 96) }.max() ?? 0
        return RMSNorm(gain: randomTensor(rows: 1, columns: columns, seed: 1), epsilon: 1e-5)
    }

    private func weights(_ dtype: DType, rows: Int, columns: Int, _ context: ComputeContext) -> PackedMatrix {
        FileMatrix(random: dtype, rows: rows, columns: columns, seed: UInt64(rows)).packed(on: context)
    }

    @Test(arguments: KernelTable.available, formats) func linears(table: KernelTable, formats: [DType]) {
        let norm = norm(formats), columns = norm.gain.columns
        for threads in 1...3 {
            let context = ComputeContext.with(table, threads: threads)
            let (first, second, third) = (
                weights(formats[0], rows: 70, columns: columns, context),
                weights(formats[1], rows: 5, columns: columns, context),
                weights(formats[2], rows: 33, columns: columns, context)
            )
            for count in [1, 2, 9, 17] {
                let x = randomTensor(rows: count, columns: columns, seed: 2)
                let normed = context.rmsNorm(x, norm)
                let results = context.linears(x, norm: norm, first, second, third)
                #expect(results.0.bits == context.linear(normed, first).bits)
                #expect(results.1.bits == context.linear(normed, second).bits)
                #expect(results.2.bits == context.linear(normed, third).bits)
            }
        }
    }

    @Test(arguments: KernelTable.available, DType.allCases) func linearsWithBiases(table: KernelTable, dtype: DType) {
        let norm = norm([dtype]), columns = norm.gain.columns
        for threads in 1...3 {
            let context = ComputeContext.with(table, threads: threads)
            let matrices = [70, 5, 33].map { weights(dtype, rows: $0, columns: columns, context) }
            let biases = matrices.map { randomTensor(rows: 1, columns: $0.rows, seed: UInt64(50 + $0.rows)) }
            let layers = zip(matrices, biases).map { Projection(.packed($0), bias: $1) }
            for count in [1, 2, 9, 17] {
                let x = randomTensor(rows: count, columns: columns, seed: 2)
                let parts = zip(matrices, biases).map { weights, bias in
                    context.add(context.linear(context.rmsNorm(x, norm), weights), row: bias).bits
                }
                let three = context.linears(x, norm: norm, layers[0], layers[1], layers[2])
                #expect([three.0.bits, three.1.bits, three.2.bits] == parts)
                let two = context.linears(x, norm: norm, layers[1], Projection(.packed(matrices[2])))
                #expect(two.0.bits == parts[1])
                #expect(two.1.bits == context.linear(x, norm: norm, matrices[2]).bits)
            }
        }
    }

    @Test(arguments: KernelTable.available, DType.allCases) func linearWithSummand(table: KernelTable, dtype: DType) {
        let norm = norm([dtype]), columns = norm.gain.columns
        for threads in 1...3 {
            let context = ComputeContext.with(table, threads: threads)
            let weights = weights(dtype, rows: 41, columns: columns, context)
            for count in [1, 3, 17] {
                let x = randomTensor(rows: count, columns: columns, seed: 3)
                let summand = randomTensor(rows: count, columns: 41, seed: 4)
                let parts = context.add(summand, context.linear(context.rmsNorm(x, norm), weights))
                #expect(context.linear(x, norm: norm, weights, addingTo: summand).bits == parts.bits)
            }
        }
    }

    @Test(arguments: KernelTable.available, formats) func feedForward(table: KernelTable, formats: [DType]) {
        let norm = norm(formats), columns = norm.gain.columns
        let inner = formats.map { $0.columns(atLeast: 160) }.max() ?? 0
        for threads in 1...3 {
            let context = ComputeContext.with(table, threads: threads)
            let (gate, up, down) = (
                weights(formats[0], rows: inner, columns: columns, context),
                weights(formats[1], rows: inner, columns: columns, context),
                weights(formats[2], rows: columns, columns: inner, context)
            )
            for count in [1, 2, 9, 17] {
                let x = randomTensor(rows: count, columns: columns, seed: 5)
                let normed = context.rmsNorm(x, norm)
                let (gated, upped) = (context.linear(normed, gate), context.linear(normed, up))
                let parts = context.add(x, context.linear(context.swiglu(gate: gated, up: upped), down))
                #expect(context.gatedFeedForward(x, norm: norm, gate: gate, up: up, down: down).bits == parts.bits)
                // GeGLU, and a result that is not yet added to the input.
                let summand = context.linear(context.geglu(gate: gated, up: upped), down)
                let fused = context.gatedFeedForward(
                    x, norm: norm, gate: gate, up: up, down: down, activation: .gelu, addsInput: false)
                #expect(fused.bits == summand.bits)
            }
        }
    }
}
