import Synchronization

/// Whether someone wants the program's work to end, as by Ctrl-C. What waits for another program then stops waiting.
///
/// Signal handlers may make a request.
package enum InterruptionRequest {
    private static let flag = Atomic<Bool>(false)

    /// Whether there is a request.
    package static var isMade: Bool { flag.load(ordering: .relaxed) }

    /// Makes a request, or takes it back.
    package static func set(_ isMade: Bool) { flag.store(isMade, ordering: .relaxed) }
}
