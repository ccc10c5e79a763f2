import Benchmark
import CInstructionPeaks
import CTensorKernels
import LayerSkip

// Products of every table and format, on one core: what two cores do together is the pool's matter. One token is measured
// beside the read speed of the same seconds, any number beside what the table's instructions can do at most.

private let ofReadSpeed = BenchmarkMetric.custom("% of read speed", polarity: .prefersLarger, useScalingFactor: false)
private let ofPeak = BenchmarkMetric.custom("% of peak", polarity: .prefersLarger, useScalingFactor: false)

private let formats: [(name: String, number: Int)] = [
    ("F32", CTK_F32), ("F16", CTK_F16), ("BF16", CTK_BF16), ("Q8_0", CTK_Q8_0), ("Q4_0", CTK_Q4_0),
    ("Q4_1", CTK_Q4_1),
]

let benchmarks: @Sendable () -> Void = {
    let compute = ComputeContext(kernels: KernelTable.available[0], pool: ThreadPool(threads: 1))
    for index in 0..<ctk_table_count() {
        guard let table = ctk_table_at(index) else { continue }
        for format in formats {
            for tokens in Array(1...16) + [64, 512] {
                measure(table, format.name, format.number, tokens: tokens, on: compute)
            }
        }
    }
}

private func measure(
    _ table: UnsafePointer<ctk_table>, _ name: String, _ format: Int, tokens: Int, on compute: ComputeContext
) {
    let tableName = String(cString: table.pointee.name)
    let kernels = withUnsafeBytes(of: table.pointee.formats) { $0.bindMemory(to: ctk_format_kernels.self)[format] }
    // Few tokens read the weights from memory, as a model's do; many are bound by their products, and the scalar table
    // by its own slowness.
    let byteCount = tableName == "scalar" ? 1 << 18 : tokens <= 16 ? 64 << 20 : 4 << 20
    var sample: ProductSample?
    Benchmark(
        "\(tableName) \(name) n=\(tokens)",
        configuration: .init(
            metrics: [.wallClock] + (tokens == 1 ? [ofReadSpeed, ofPeak] : [ofPeak]), warmupIterations: 1,
            maxDuration: .milliseconds(250), maxIterations: 50)
    ) { benchmark in
        let product = sample ?? ProductSample(kernels, Int32(format), byteCount: byteCount, tokens: tokens)
        sample = product
        let readSpeed = tokens == 1 ? ReadSpeed(ofBytes: byteCount, on: compute).measure() : nil
        let peak = peakSpeed(tableName, kernels.activations)
        benchmark.startMeasurement()
        let seconds = secondsOf(product.multiply)
        benchmark.stopMeasurement()
        if let readSpeed { benchmark.measurement(ofReadSpeed, percent(Double(product.byteCount) / seconds, readSpeed)) }
        if let peak { benchmark.measurement(ofPeak, percent(Double(product.multiplyAdds) / seconds, peak)) }
    }
}

/// Multiply-adds per second of the instruction that a table multiplies with; nil where it has none of its own.
private func peakSpeed(_ table: String, _ activations: Int32) -> Double? {
    let rounds = 1_000_000
    var multiplyAdds = 0
    let seconds = secondsOf { multiplyAdds = ctp_multiply(table, activations, rounds) }
    return multiplyAdds == 0 ? nil : Double(multiplyAdds) / seconds
}

private func secondsOf(_ body: () -> Void) -> Double {
    let duration = ContinuousClock().measure(body).components
    return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
}

private func percent(_ value: Double, _ whole: Double) -> Int { Int((100 * value / whole).rounded()) }
