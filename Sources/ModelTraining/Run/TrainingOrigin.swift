/// Where a run begins: with its first step, or after those that an earlier process made.
public struct TrainingOrigin: Sendable, Equatable {
    /// How many steps were made before.
    public let step: Int
    /// The arithmetic of those steps where this machine's rounds otherwise, such as `avx512bf16`: the run then has other bits
    /// than if it had gone on there.
    public let otherArithmetic: String?

    package init(step: Int = 0, otherArithmetic: String? = nil) {
        self.step = step
        self.otherArithmetic = otherArithmetic
    }
}
