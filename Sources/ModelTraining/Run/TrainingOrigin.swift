/// The point where a run begins: its first step, or the newest checkpoint of an earlier process.
public struct TrainingOrigin: Sendable, Equatable {
    /// The number of steps completed before.
    public let step: Int
    /// The arithmetic of those steps, such as `avx512bf16`, if this machine rounds differently; nil if it is the same.
    /// A resumed run then differs in bits from one on the earlier machine.
    public internal(set) var otherArithmetic: String?
    /// Whether an older version wrote the checkpoint. It lacks the shards' contents, so these cannot be compared. It
    /// lacks the number of gradients per weight, so the optimizer counts one per earlier step. And it lacks hashes of
    /// weights and moments, so changed numbers are not detected.
    public internal(set) var isOlderFormat = false
    /// Whether earlier validations used other data.
    public internal(set) var hasOtherValidation = false
    /// The number of lines in `metrics.jsonl` that are not measurements. They stay in the file but are ignored.
    public internal(set) var unreadableLines = 0

    /// Notes on checkpoints that are not used, because they are damaged or of a run of another length.
    public internal(set) var checkpointNotes: [String] = []

    package init(step: Int = 0, otherArithmetic: String? = nil) {
        self.step = step
        self.otherArithmetic = otherArithmetic
    }
}
