import Synchronization

/// A flag that asks the program to stop its work, set for example by Ctrl-C. Waits for other programs then end.
///
/// Signal handlers may set it.
package enum InterruptionRequest {
    private static let flag = Atomic<Bool>(false)

    /// Whether a stop has been requested.
    package static var isMade: Bool { flag.load(ordering: .relaxed) }

    /// Sets or clears the request.
    package static func set(_ isMade: Bool) { flag.store(isMade, ordering: .relaxed) }
}
