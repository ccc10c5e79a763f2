import CTensorKernels
import Synchronization

/// A pool of threads that share the work of one parallel region at a time.
///
/// Threads are started once. After a parallel region they spin, so that the next one begins within a microsecond. They
/// sleep after a few hundred microseconds without work.
public final class ThreadPool: Sendable {
    /// The number of threads that work on a region: the caller's and the pool's.
    public let threadCount: Int
    private let region: ParallelRegion
    private let turns = Turns()
    private let workers: [SystemThread]
    private let regionCount = Atomic<Int>(0)
    private let stepCount = Atomic<Int>(0)

    /// Creates a pool of `threads` threads, at least one; the thread that submits work counts as one of them.
    /// If the system allows fewer threads, the pool has fewer.
    public init(threads: Int) {
        precondition(threads >= 1 && threads <= Self.maximumThreadCount, "1...\(Self.maximumThreadCount) threads")
        let region = ParallelRegion(threads: threads)
        self.region = region
        workers = (1..<threads).compactMap { member in SystemThread { region.work(as: member) } }
        threadCount = 1 + workers.count
    }

    /// Creates a pool of a number of threads; with nil, of one per physical core.
    ///
    /// - Throws: if no pool can have that many.
    package convenience init(checking threads: Int?) throws(ThreadCountError) {
        let limits = 1...Self.maximumThreadCount
        let threads = threads ?? min(physicalCoreCount(), limits.upperBound)
        guard limits.contains(threads) else { throw ThreadCountError(found: threads) }
        self.init(threads: threads)
    }

    /// The largest number of threads: no machine needs more, and the region's counter of threads must not overflow.
    public static let maximumThreadCount = 1024

    deinit {
        region.stop()
        for worker in workers { worker.join() }
    }

    /// The regions that threads have shared so far, and their steps. At the end of each step all threads wait for the
    /// slowest.
    package var counts: RegionCounts {
        RegionCounts(
            regions: regionCount.load(ordering: .relaxed), steps: stepCount.load(ordering: .relaxed))
    }

    /// Runs a job on all threads, and returns when all its steps are done.
    ///
    /// Callers on several threads take turns. A caller that is already in a region works alone.
    package func run(_ job: some ParallelJob) {
        guard threadCount > 1, !ctk_is_in_region() else {
            var thread = RegionThread(nil, member: 0)
            return job.run(&thread)
        }
        turns.begin()
        let steps = region.run(job)
        regionCount.add(1, ordering: .relaxed)
        stepCount.add(steps, ordering: .relaxed)
        turns.end()
    }

    /// Calls `body` with ranges that together cover 0..<count, on all threads, and returns when all are done.
    ///
    /// Ranges start at multiples of `grain`. Each thread takes the ranges of its own share, then those left of other
    /// shares, so results must not depend on which thread computes a range. The caller works alone if there is only one
    /// range or it is already in a region.
    package func run(count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        guard threadCount > 1, count > grain else { return count > 0 ? body(0..<count) : () }
        withoutActuallyEscaping(body) { run(ClosureJob(count: count, grain: grain, body: $0)) }
    }
}

/// The number of times that threads had to synchronize.
package struct RegionCounts: Sendable, Equatable {
    /// Parallel regions.
    package var regions: Int
    /// Steps of those regions.
    package var steps: Int
}
