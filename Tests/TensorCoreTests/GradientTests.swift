import TensorCore
import TestSupport
import Testing

/// Each training operation on every table, compared with PyTorch and with finite differences. Its bits must not depend
/// on threads or tables.
@Suite("Gradients of operations")
struct GradientTests {
    private static let names = [
        "linear", "linear with summand", "embedding", "rms norm", "rotation", "attention", "swiglu", "sum",
        "cross entropy", "gather", "scatter", "bias", "head norms", "scaled", "partial rotation", "windowed attention",
        "divergence", "acceptance", "mixed acceptance", "most likely",
    ]

    private func sample(_ name: String) throws -> GradientSample {
        try #require(try GradientSample.all().first { $0.name == name })
    }

    @Test func everyGoldenIsRead() throws { #expect(try GradientSample.all().map(\.name) == Self.names) }

    @Test(arguments: names) func areThoseOfPyTorch(name: String) throws {
        let sample = try sample(name)
        for table in KernelTable.available {
            let (result, gradients) = sample.goneBack(on: .with(table, threads: 2))
            #expect(relativeError(result.values, sample.result.values) < 1e-6, "\(table)")
            for (index, (ours, theirs)) in zip(gradients, sample.gradients).enumerated() {
                #expect(relativeError(ours.values, theirs.values) < 2e-6, "\(table), input \(index)")
            }
        }
    }

    // Differences may span a point where min(p, q) has a kink, and the share of "mixed acceptance" is a constant to the
    // gradient, but not to differences.
    @Test(arguments: names.filter { !["acceptance", "mixed acceptance"].contains($0) }) func areFiniteDifferences(
        name: String
    ) throws {
        let sample = try sample(name)
        for table in KernelTable.available {
            let compute = ComputeContext.with(table)
            let (_, gradients) = sample.goneBack(on: compute)
            let differences = FiniteDifferences().gradients(
                of: { sample.apply($0, on: compute) }, at: sample.inputs.map(\.tensor),
                weights: sample.resultGradient.values)
            for (index, (ours, expected)) in zip(gradients, differences).enumerated() {
                #expect(relativeError(ours.values, expected) < 2e-4, "\(table), input \(index)")
            }
        }
    }

    /// Operands are rounded only on tables that support it, and the bits do not depend on threads.
    @Test(arguments: KernelTable.available, ["linear", "linear with summand", "attention"])
    func bf16RoundsOperands(table: KernelTable, name: String) throws {
        let sample = try sample(name)
        func results(_ precision: ProductPrecision, threads: Int) -> [Tensor] {
            let pool = ThreadPool(threads: threads)
            let compute = ComputeContext(
                kernels: table, pool: pool, recycledBytes: 1 << 20, productPrecision: precision)
            let (result, gradients) = sample.goneBack(on: compute)
            return [result] + gradients
        }
        let rounded = results(.bf16, threads: 1)
        for (ours, exact) in zip(rounded, results(.f32, threads: 1)) {
            #expect(relativeError(ours.values, exact.values) < 2e-2)
        }
        #expect(rounded.map(\.bits) == results(.bf16, threads: 3).map(\.bits))
        let hasBitsOfF32 = rounded.map(\.bits) == results(.f32, threads: 1).map(\.bits)
        #expect(hasBitsOfF32 == !table.multipliesBF16)
        #expect(hasBitsOfF32 == (table.arithmetic(.bf16) == table.arithmetic(.f32)))
    }

    /// The bits depend neither on threads nor on the width of vectors.
    @Test(arguments: names) func bitsAreTheSame(name: String) throws {
        let sample = try sample(name)
        func bits(_ context: ComputeContext) -> [[UInt32]] {
            let (result, gradients) = sample.goneBack(on: context)
            return ([result] + gradients).map(\.bits)
        }
        for table in KernelTable.available {
            let alone = bits(.with(table))
            for threads in 2...3 { #expect(bits(.with(table, threads: threads)) == alone, "\(table), \(threads)") }
        }
        #expect(Set(KernelTable.vectors.map { bits(.with($0)) }).count <= 1)
    }

    /// A second backward pass adds to the accumulated gradient.
    @Test(arguments: names) func gradientsAdd(name: String) throws {
        let sample = try sample(name)
        let compute = ComputeContext.with(KernelTable.available[KernelTable.available.count - 1])
        let parameters = sample.inputs.map { Parameter(name: "", $0.tensor, on: compute) }
        for count in 1...2 {
            sample.apply(parameters.map(\.values), on: compute).backward(from: sample.resultGradient.tensor)
            for (parameter, theirs) in zip(parameters, sample.gradients) {
                let gradient = try #require(parameter.gradient).values.map { $0 / Float(count) }
                #expect(relativeError(gradient, theirs.values) < 2e-6)
            }
        }
    }

    /// Plain inputs get no gradient, and do not prevent the others from getting theirs.
    @Test(arguments: names) func inputsAreRecordedApart(name: String) throws {
        let sample = try sample(name)
        let compute = ComputeContext.with(KernelTable.available[0])
        let plain = sample.inputs.map(\.tensor)
        #expect(!sample.apply(plain, on: compute).isRecorded)
        for (index, theirs) in sample.gradients.enumerated() {
            let parameter = Parameter(name: "", plain[index], on: compute)
            var inputs = plain
            inputs[index] = parameter.values
            sample.apply(inputs, on: compute).backward(from: sample.resultGradient.tensor)
            #expect(relativeError(try #require(parameter.gradient).values, theirs.values) < 2e-6)
        }
    }
}
