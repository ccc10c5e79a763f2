/// Where a run begins: with its first step, or after those that an earlier process made.
public struct TrainingOrigin: Sendable, Equatable {
    /// How many steps were made before.
    public let step: Int
    /// The arithmetic of those steps where this machine's rounds otherwise, such as `avx512bf16`: the resumed run then
    /// does not have the bits that it would have had on the earlier machine. Nil where the arithmetic is the same.
    public internal(set) var otherArithmetic: String?
    /// Whether an older version wrote the checkpoint. It did not record what the shards held, so that cannot be
    /// compared, nor how many gradients each weight had, so the optimizer counts one a step for all earlier steps, nor
    /// hashes of weights and moments, so changed numbers are not noticed.
    public internal(set) var isOlderFormat = false
    /// Whether earlier steps were measured on other data.
    public internal(set) var hasOtherValidation = false
    /// How many lines of `metrics.jsonl` are no measurements. They stay in the file, and are used for nothing.
    public internal(set) var unreadableLines = 0

    package init(step: Int = 0, otherArithmetic: String? = nil) {
        self.step = step
        self.otherArithmetic = otherArithmetic
    }
}
