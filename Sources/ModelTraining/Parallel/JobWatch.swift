import CLibc
import Synchronization
import TensorCore

/// A thread that notices when other processes of the job have ended.
///
/// A launcher ends all processes if one is lost. If it fails to, the others could wait forever, since MPI's messages
/// through shared memory do not tell that a process is gone. (Messages through a network do: the connection breaks.) So
/// the thread watches the launcher and the job's processes on this computer.
final class JobWatch: Sendable {
    /// Limits of time.
    struct Limits {
        /// From the loss of a process until the launcher has ended the job.
        var afterLoss = 5.0
        /// From the moment at which all processes leave the job until it has ended.
        var toLeave = 15.0
    }

    private let onLoss: @Sendable (String) -> Void
    private let state = Mutex(State())

    private struct State {
        var watched: Set<ProcessIdentity> = []
        var isStopped = false
        /// Whether the job ends, so that the end of other processes is no loss.
        var isEnding = false
    }

    /// - Parameter onLoss: called with a message if the job should have ended.
    init(_ onLoss: @escaping @Sendable (String) -> Void) { self.onLoss = onLoss }

    /// Starts the thread.
    ///
    /// - Parameter siblings: returns processes that are known before the job's have told each other who they are.
    func start(
        _ limits: Limits = Limits(),
        siblings: @escaping @Sendable () -> [ProcessIdentity] = { ProcessIdentity.siblings }
    ) {
        let parent = getppid()
        SystemThread { [self] in
            var sinceLoss: Stopwatch?
            var sinceEnd: Stopwatch?
            while true {
                usleep(200_000)
                let present = siblings().filter(\.isRunning)
                let now = state.withLock { state in
                    state.watched.formUnion(present)
                    return state
                }
                if now.isStopped { return }
                if now.isEnding {
                    let since = sinceEnd ?? Stopwatch()
                    sinceEnd = since
                    if since.seconds > limits.toLeave { return onLoss(Self.endMessage(limits.toLeave)) }
                } else if let lost = Self.lost(of: now.watched, parent: parent) {
                    let since = sinceLoss ?? Stopwatch()
                    sinceLoss = since
                    if since.seconds > limits.afterLoss { return onLoss(Self.message(lost, limits.afterLoss)) }
                }
            }
        }?.detach()
    }

    /// The name of a process that has ended; nil if all run.
    private static func lost(of watched: Set<ProcessIdentity>, parent: Int32) -> String? {
        if getppid() != parent { return "the launcher, number \(parent), which has ended" }
        return watched.first { !$0.isRunning }.map { "process number \($0.number), which has ended" }
    }

    private static func endMessage(_ seconds: Double) -> String {
        "expected MPI to end the job within \(seconds.rounded()) s, found that it still waits; what the job has written is "
            + "complete"
    }

    private static func message(_ lost: String, _ seconds: Double) -> String {
        "expected the launcher to end all processes of the job, found that this one still waited for \(lost), after "
            + "\(seconds.rounded()) s; rerun the command to resume from the newest checkpoint"
    }

    /// Watches the processes of this computer.
    ///
    /// - Parameter members: the host and identity of each process.
    func add(_ members: [String], onHost host: String) {
        let here = members.compactMap { member -> ProcessIdentity? in
            guard let space = member.lastIndex(of: " "), member[..<space] == host else { return nil }
            return ProcessIdentity(member[member.index(after: space)...])
        }
        // Those that do not run here are on another computer of the same name, or in another container.
        let running = here.filter { $0 != .own && $0.isRunning }
        state.withLock { $0.watched.formUnion(running) }
    }

    /// Expects the job's end from now on.
    func expectEnd() { state.withLock { $0.isEnding = true } }

    /// Ends the watch.
    func stop() { state.withLock { $0.isStopped = true } }
}
