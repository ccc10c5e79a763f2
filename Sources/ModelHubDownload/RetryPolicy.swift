#if Hub
    /// How often and how long a download waits for a server.
    package struct RetryPolicy: Sendable {
        /// Attempts without any new byte before the download fails.
        package var attempts = 6
        /// The first wait; each further one is twice as long.
        package var firstWait = Duration.seconds(1)
        /// The longest wait that a server may ask for. One that asks for more is an error at once.
        package var longestWait = Duration.seconds(600)
        /// How long a connection may take.
        package var connecting = Duration.seconds(15)
        /// How long a server may be silent.
        package var silence = Duration.seconds(30)

        package init() {}

        func wait(afterAttempt attempt: Int) -> Duration { min(firstWait * (1 << min(attempt, 10)), longestWait) }
    }
#endif
