import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Ctrl-C: the first asks long work to stop where it is, the second ends the program, unless it is there to stay.
enum Interruption {
    private static let flag = Atomic<Bool>(false)
    private static let endsProgram = Atomic<Bool>(true)

    /// Whether Ctrl-C was pressed since the last ``reset()``.
    static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Installs the handler. A closed pipe is reported by `write`, not by a signal.
    static func prepare() {
        // So that the flags exist before a handler needs them: first use may allocate.
        flag.store(false, ordering: .relaxed)
        endsProgram.store(true, ordering: .relaxed)
        signal(SIGPIPE, SIG_IGN)
        listen(to: SIGINT)
    }

    /// Makes a polite request to end (SIGTERM) the same as Ctrl-C, for work that has something to save first.
    static func listenToTermination() { listen(to: SIGTERM) }

    /// Makes Ctrl-C stop work only, however often it is pressed: for programs with another way out.
    static func keepProgramRunning() { endsProgram.store(false, ordering: .relaxed) }

    /// Forgets an earlier Ctrl-C.
    static func reset() {
        flag.store(false, ordering: .relaxed)
        listen(to: SIGINT)
    }

    private static func listen(to number: Int32) {
        var action = sigaction()
        // Without SA_RESTART, so that Ctrl-C also ends the waiting for a line.
        let handler: @convention(c) (Int32) -> Void = { number in
            Interruption.flag.store(true, ordering: .relaxed)
            if Interruption.endsProgram.load(ordering: .relaxed) { signal(number, SIG_DFL) }
        }
        #if canImport(Glibc) || canImport(Musl)
            unsafe action.__sigaction_handler.sa_handler = handler
        #else
            unsafe action.__sigaction_u.__sa_handler = handler
        #endif
        unsafe sigaction(number, &action, nil)
        // Whoever started us may have blocked it, as the threads of some runtimes are, and we would inherit that.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, number)
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
