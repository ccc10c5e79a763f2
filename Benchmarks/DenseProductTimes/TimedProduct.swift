import CInstructionPeaks
import CTensorKernels
import Synchronization
import TensorCore

/// A request to time a product.
struct ProductRequest: Equatable {
    enum Form: String { case forward, input, weight }

    let form: Form
    let precision: ProductPrecision
    let rows: Int
    let inputs: Int
    let outputs: Int

    init?(_ words: [String]) {
        guard words.count == 5, let form = Form(rawValue: words[0]), let precision = ProductPrecision(words[1]) else {
            return nil
        }
        let sizes = words[2...].compactMap { Int($0) }.filter { $0 > 0 }
        guard sizes.count == 3 else { return nil }
        (self.form, self.precision) = (form, precision)
        (rows, inputs, outputs) = (sizes[0], sizes[1], sizes[2])
    }
}

extension ProductPrecision {
    init?(_ name: String) {
        guard let precision = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
        self = precision
    }
}

/// The operands and the result of a request.
struct TimedProduct {
    let request: ProductRequest
    private let context: ComputeContext
    private let x: Tensor
    private let dy: Tensor
    private let w: Tensor
    private let result: Tensor

    init(_ request: ProductRequest, on context: ComputeContext) {
        self.request = request
        self.context = context
        x = tensor(request.rows, request.inputs)
        dy = tensor(request.rows, request.outputs)
        w = tensor(request.outputs, request.inputs)
        result =
            switch request.form {
            case .forward: tensor(request.rows, request.outputs)
            case .input: tensor(request.rows, request.inputs)
            case .weight: tensor(request.outputs, request.inputs)
            }
        multiply()
    }

    private func multiply() {
        let precision = request.precision
        switch request.form {
        case .forward:
            context.denseProduct(
                x, transposed: false, w, transposed: true, into: result, precision: precision)
        case .input:
            context.denseProduct(
                dy, transposed: false, w, transposed: false, into: result, precision: precision)
        case .weight:
            context.denseProduct(
                dy, transposed: true, x, transposed: false, into: result, plus: result, precision: precision)
        }
    }

    /// Returns the mean seconds of a product, over as many as fit into 50 ms.
    func seconds() -> Double {
        var count = 0
        let stopwatch = Stopwatch()
        repeat {
            multiply()
            count += 1
        } while stopwatch.seconds < 0.05
        return stopwatch.seconds / Double(count)
    }
}

private func tensor(_ rows: Int, _ columns: Int) -> Tensor {
    Tensor((0..<rows * columns).map { Float(($0 &* 7919) % 2001 - 1000) / 1000 }, rows: rows, columns: columns)
}

/// Returns the peak rate of multiply-adds per second, of all threads together.
func peak(_ precision: ProductPrecision, on context: ComputeContext) -> Double {
    let operands = precision == .bf16 ? CTP_DENSE_BF16 : CTK_ACTIVATIONS_F32
    let table = context.kernels.name
    let sum = Atomic(0)
    let stopwatch = Stopwatch()
    context.pool.run(count: context.pool.threadCount, grain: 1) { threads in
        for _ in threads { sum.add(ctp_multiply(table, Int32(operands), 6_000_000), ordering: .relaxed) }
    }
    return Double(sum.load(ordering: .relaxed)) / stopwatch.seconds
}
