import TensorCore

/// What the tensors of one output share while they are written.
struct ExportWriting: Sendable {
    /// The threads that convert rows.
    let pool: ThreadPool
    /// The tensors that have been quantized.
    let list = QuantizedTensors()
}
