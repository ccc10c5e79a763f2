import CTensorKernels

/// The input of a step's products. If each thread prepares it for itself, it does so with its first product: a thread
/// that comes too late for the step must not read rows that others overwrite.
struct InputRows {
    private let preparation: RowPreparation
    private var isReady: Bool

    init(_ preparation: RowPreparation, isReady: Bool) {
        self.preparation = preparation
        self.isReady = isReady
    }

    mutating func activations(for format: UnsafePointer<ctk_format_kernels>) -> UnsafeRawPointer {
        if !isReady {
            preparation.compute()
            isReady = true
        }
        return preparation.activations(for: format)
    }
}
