import Benchmark
import CInstructionPeaks
import CTensorKernels
import LayerSkip

// Benchmarks of the products of every kernel table and format, on one core, because work on several cores depends on
// the pool. One token is compared with the memory bandwidth at that time, any number with the peak rate of the table's
// instructions.

private let ofReadSpeed = BenchmarkMetric.custom("% of read speed", polarity: .prefersLarger, useScalingFactor: false)
private let ofPeak = BenchmarkMetric.custom("% of peak", polarity: .prefersLarger, useScalingFactor: false)

private let formats: [(name: String, number: Int)] = (0..<CTK_FORMAT_COUNT).map {
    (String(cString: ctk_format(Int32($0)).pointee.name), $0)
}

/// The tokens, inputs and outputs of training's products.
private let denseShapes = [
    (4096, 384, 1024), (4096, 640, 1792), (2048, 2048, 2048), (4096, 192, 512), (4096, 192, 4096),
]

let benchmarks: @Sendable () -> Void = {
    guard let compute = try? ComputeContext(threads: 1) else {
        fatalError("LAYERSKIP_KERNELS names no table of this CPU")
    }
    for index in 0..<ctk_table_count() {
        guard let table = ctk_table_at(index) else { continue }
        for format in formats {
            for tokens in Array(1...16) + [64, 512] {
                measure(table, format.name, format.number, tokens: tokens, on: compute)
            }
        }
        for (tokens, inputs, outputs) in denseShapes {
            for form in DenseSample.Form.allCases {
                for precision in [CTK_DENSE_F32, CTK_DENSE_BF16] {
                    measureDense(table, precision, form, tokens: tokens, inputs: inputs, outputs: outputs)
                }
            }
        }
    }
}

private func measure(
    _ table: UnsafePointer<ctk_table>, _ name: String, _ format: Int, tokens: Int, on compute: ComputeContext
) {
    let tableName = String(cString: table.pointee.name)
    let kernels = withUnsafeBytes(of: table.pointee.formats) { $0.bindMemory(to: ctk_format_kernels.self)[format] }
    // With few tokens, weights come from memory, as in a model. With many, and with the scalar table, arithmetic is the
    // limit.
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

/// Compares one form of a dense product with the peak rate of the table's instructions. Skips the slow scalar table,
/// and bf16 on tables that multiply f32 instead.
private func measureDense(
    _ table: UnsafePointer<ctk_table>, _ precision: Int, _ form: DenseSample.Form, tokens: Int, inputs: Int,
    outputs: Int
) {
    let tableName = String(cString: table.pointee.name)
    let isBF16 = precision == CTK_DENSE_BF16
    let kernels = isBF16 ? table.pointee.dense.1 : table.pointee.dense.0
    if tableName == "scalar" || isBF16 && kernels.depths_per_step == 1 { return }
    var sample: DenseSample?
    Benchmark(
        "\(tableName) dense \(isBF16 ? "BF16" : "F32") \(form) \(tokens)x\(inputs)x\(outputs)",
        configuration: .init(
            metrics: [.wallClock, ofPeak], warmupIterations: 1, maxDuration: .milliseconds(500), maxIterations: 50)
    ) { benchmark in
        let product = sample ?? DenseSample(kernels, form, tokens: tokens, inputs: inputs, outputs: outputs)
        sample = product
        let peak = peakSpeed(tableName, Int32(isBF16 ? CTP_DENSE_BF16 : CTK_ACTIVATIONS_F32))
        benchmark.startMeasurement()
        let seconds = secondsOf(product.multiply)
        benchmark.stopMeasurement()
        if let peak { benchmark.measurement(ofPeak, percent(Double(product.multiplyAdds) / seconds, peak)) }
    }
}

/// Returns the peak multiply-adds per second of a table's multiplication instruction; nil if it has none of its own.
private func peakSpeed(_ table: String, _ operands: Int32) -> Double? {
    let rounds = 1_000_000
    var multiplyAdds = 0
    let seconds = secondsOf { multiplyAdds = ctp_multiply(table, operands, rounds) }
    return multiplyAdds == 0 ? nil : Double(multiplyAdds) / seconds
}

private func secondsOf(_ body: () -> Void) -> Double {
    let duration = ContinuousClock().measure(body).components
    return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
}

private func percent(_ value: Double, _ whole: Double) -> Int { Int((100 * value / whole).rounded()) }
