import Synchronization
public import TensorCore

/// A tensor that an export has quantized.
public struct QuantizedTensor: Sendable {
    /// The name in the output.
    public let name: String
    /// The format in the source.
    public let from: DType
    /// The format in the output.
    public let to: DType
    /// The root of the mean squared error, divided by that of the mean squared element. With an importance matrix,
    /// both means are weighted by it.
    public let error: Double
}

/// The tensors that have been quantized so far.
final class QuantizedTensors: Sendable {
    private let tensors = Mutex<[QuantizedTensor]>([])

    var all: [QuantizedTensor] { tensors.withLock { $0 } }

    func removeAll() { tensors.withLock { $0 = [] } }

    func add(_ tensor: QuantizedTensor) { tensors.withLock { $0.append(tensor) } }
}
