/// Where a run begins: with its first step, or after those that an earlier process made.
public struct TrainingOrigin: Sendable, Equatable {
    /// How many steps were made before.
    public let step: Int
    /// The kernel table that made them, where it is not the one that goes on: in bf16 tables have bits of their own.
    public let otherKernels: String?

    package init(step: Int = 0, otherKernels: String? = nil) {
        self.step = step
        self.otherKernels = otherKernels
    }
}
