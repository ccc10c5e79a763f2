import LayerSkip
import Synchronization
import CLibc

/// Ctrl-C (SIGINT), SIGTERM and SIGHUP. The first asks long work to stop where it is, the second ends the program at
/// once.
///
/// SIGTERM and SIGHUP stay ignored if they were when the program started, as under `nohup`. SIGINT does not, because
/// shells make programs in the background ignore it.
enum Interruption {
    /// The time of the first request to stop, in nanoseconds; 0 if there was none.
    private static let firstRequest = Atomic<Int>(0)
    private static let isTermination = Atomic<Bool>(false)
    private static let endsProgram = Atomic<Bool>(true)

    /// Whether a signal has arrived since the last ``reset()``.
    static var isRequested: Bool { InterruptionRequest.isMade }

    /// Whether a signal other than Ctrl-C has arrived, after which every command ends.
    static var isTerminationRequested: Bool { isTermination.load(ordering: .relaxed) }

    /// Installs the handlers. A closed pipe and a file that grows too large are reported by `write`, not by signals.
    static func prepare() {
        // The first use of a flag may allocate, so it must happen before a handler runs.
        InterruptionRequest.set(false)
        firstRequest.store(0, ordering: .relaxed)
        isTermination.store(false, ordering: .relaxed)
        endsProgram.store(true, ordering: .relaxed)
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        listen(to: SIGINT)
        for number in [SIGTERM, SIGHUP] where !isIgnored(number) { listen(to: number) }
    }

    /// Makes Ctrl-C stop only the current work, however often it is pressed. For programs with another way out.
    static func keepProgramRunning() { endsProgram.store(false, ordering: .relaxed) }

    /// Forgets an earlier Ctrl-C.
    static func reset() {
        guard !isTerminationRequested else { return }
        InterruptionRequest.set(false)
        firstRequest.store(0, ordering: .relaxed)
    }

    /// Handles a signal. It may use only atomics and async-signal-safe calls.
    private static func receive(_ number: Int32) {
        if number == SIGINT, !endsProgram.load(ordering: .relaxed) { return InterruptionRequest.set(true) }
        let now = nanoseconds()
        let first = firstRequest.load(ordering: .relaxed)
        if number != SIGINT { isTermination.store(true, ordering: .relaxed) }
        InterruptionRequest.set(true)
        guard first != 0 else { return firstRequest.store(now, ordering: .relaxed) }
        // A repeated signal may be the same request. `timeout` signals the program and then its group. When a terminal
        // closes, the system and, a moment later, the shell signal its programs.
        guard now - first > (number == SIGHUP ? 1_000_000_000 : 100_000_000) else { return }
        TemporaryFiles.removeAll()
        signal(number, SIG_DFL)
        unblock(number)
        raise(number)
        // The first process of a container does not end from a signal's default action.
        _exit(128 + number)
    }

    private static func nanoseconds() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        unsafe sigaction(number, nil, &action)
        #if canImport(Glibc) || canImport(Musl)
            let handler = unsafe action.__sigaction_handler.sa_handler
        #else
            let handler = unsafe action.__sigaction_u.__sa_handler
        #endif
        return unsafe unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func listen(to number: Int32) {
        var action = sigaction()
        // Without SA_RESTART, so that a signal also interrupts the wait for a line.
        let handler: @convention(c) (Int32) -> Void = { Interruption.receive($0) }
        #if canImport(Glibc) || canImport(Musl)
            unsafe action.__sigaction_handler.sa_handler = handler
        #else
            unsafe action.__sigaction_u.__sa_handler = handler
        #endif
        unsafe sigaction(number, &action, nil)
        // A process inherits blocked signals, and some runtimes block them in their threads.
        unblock(number)
    }

    private static func unblock(_ number: Int32) {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, number)
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
