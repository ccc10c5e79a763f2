import Synchronization
import TokenDecoding

/// What texts of a model have learned about drafts, so that only the first text begins without knowing what they cost
/// and how often they are accepted.
final class SharedExperience: Sendable {
    private let newest = Mutex(DraftingExperience())

    /// The newest experience.
    var current: DraftingExperience { newest.withLock { $0 } }

    /// Takes over the experience of a text. Of several texts at once, the last one counts.
    func update(_ teach: (inout DraftingExperience) -> Void) {
        var experience = current
        teach(&experience)
        newest.withLock { $0 = experience }
    }
}
