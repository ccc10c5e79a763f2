import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Ctrl-C: the first asks long work to stop where it is, the second ends the program.
enum Interruption {
    private static let flag = Atomic<Bool>(false)

    /// Whether Ctrl-C was pressed since the last ``reset()``.
    static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Installs the handler. A closed pipe is reported by `write`, not by a signal.
    static func prepare() {
        _ = isRequested  // so that the flag exists before a handler may need it
        signal(SIGPIPE, SIG_IGN)
        listen()
    }

    /// Forgets an earlier Ctrl-C.
    static func reset() {
        flag.store(false, ordering: .relaxed)
        listen()
    }

    private static func listen() {
        signal(SIGINT) { _ in
            Interruption.flag.store(true, ordering: .relaxed)
            signal(SIGINT, SIG_DFL)
        }
    }
}
