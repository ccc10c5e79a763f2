/// Threads that share the rows of one operation at a time.
///
/// Threads are started once. After a parallel region they wait in a loop for the next one, which then begins within a
/// microsecond, and only after some hundred microseconds without work do they sleep.
public final class ThreadPool: Sendable {
    /// Threads that work on a region: the caller's own and the pool's.
    public let threadCount: Int
    private let region = ParallelRegion()
    private let workers: [SystemThread]

    /// A pool of `threads` threads, at least one; the caller of ``run(count:grain:_:)`` counts as one of them. Where the
    /// system allows fewer, the pool has fewer.
    public init(threads: Int) {
        precondition(threads >= 1 && threads <= Self.maximumThreadCount, "1...\(Self.maximumThreadCount) threads")
        workers = (1..<threads).compactMap { [region] _ in SystemThread { region.work() } }
        threadCount = 1 + workers.count
    }

    /// No machine has more, and the region's counter of threads must not overflow.
    public static let maximumThreadCount = 1024

    deinit {
        region.stop()
        for worker in workers { worker.join() }
    }

    /// Calls `body` with ranges that together cover 0..<count, on all threads, and returns when all are done.
    ///
    /// Ranges start at multiples of `grain` and are handed out as threads become free, so results must not depend on
    /// who computes what. When the pool is busy with another caller's region, the caller works alone.
    package func run(count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        guard count > 0 else { return }
        guard threadCount > 1, count > grain, region.begin() else { return body(0..<count) }
        defer { region.end() }
        withoutActuallyEscaping(body) { body in
            withUnsafePointer(to: body) { region.run(ParallelRegion.Job(body: $0, count: count, grain: grain)) }
        }
    }
}
