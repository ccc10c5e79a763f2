import CTensorKernels
import Synchronization

/// Threads that share the work of one parallel region at a time.
///
/// Threads are started once. After a parallel region they wait in a loop for the next one, which then begins within a
/// microsecond, and only after some hundred microseconds without work do they sleep.
public final class ThreadPool: Sendable {
    /// Threads that work on a region: the caller's own and the pool's.
    public let threadCount: Int
    private let region: ParallelRegion
    private let turns = Turns()
    private let workers: [SystemThread]
    private let regionCount = Atomic<Int>(0)
    private let stepCount = Atomic<Int>(0)

    /// A pool of `threads` threads, at least one; the caller of ``run(count:grain:_:)`` counts as one of them. Where
    /// the system allows fewer, the pool has fewer.
    public init(threads: Int) {
        precondition(threads >= 1 && threads <= Self.maximumThreadCount, "1...\(Self.maximumThreadCount) threads")
        let region = ParallelRegion(threads: threads)
        self.region = region
        workers = (1..<threads).compactMap { member in SystemThread { region.work(as: member) } }
        threadCount = 1 + workers.count
    }

    /// No machine has more, and the region's counter of threads must not overflow.
    public static let maximumThreadCount = 1024

    deinit {
        region.stop()
        for worker in workers { worker.join() }
    }

    /// Regions that threads have shared so far, and their steps; each step ends with all threads waiting for the last.
    package var counts: RegionCounts {
        RegionCounts(
            regions: regionCount.load(ordering: .relaxed), steps: stepCount.load(ordering: .relaxed))
    }

    /// Runs a job on all threads, and returns when all its steps are done.
    ///
    /// Callers on several threads take turns. A caller that is in a region already works alone.
    package func run(_ job: some ParallelJob) {
        guard threadCount > 1, !ctk_is_in_region() else {
            var team = Team(nil, member: 0)
            return job.run(&team)
        }
        turns.begin()
        let steps = region.run(job)
        regionCount.add(1, ordering: .relaxed)
        stepCount.add(steps, ordering: .relaxed)
        turns.end()
    }

    /// Calls `body` with ranges that together cover 0..<count, on all threads, and returns when all are done.
    ///
    /// Ranges start at multiples of `grain`. Each thread takes those of its own share, then of the others', so results
    /// must not depend on who computes what. The caller works alone where there is no more than one range, and where it
    /// is in a region already.
    package func run(count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        guard threadCount > 1, count > grain else { return count > 0 ? body(0..<count) : () }
        withoutActuallyEscaping(body) { run(ClosureJob(count: count, grain: grain, body: $0)) }
    }
}

/// How often threads had to find each other.
package struct RegionCounts: Sendable, Equatable {
    /// Parallel regions.
    package var regions: Int
    /// Steps of those regions.
    package var steps: Int
}
