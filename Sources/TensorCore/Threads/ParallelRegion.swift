import CTensorKernels
import Synchronization
import CLibc

/// The state that a pool's threads share.
///
/// A region is *open* while threads may join its job. A thread that was not scheduled in time finds it closed, and the
/// region does not wait for it.
final class ParallelRegion: @unchecked Sendable {
    /// A type-erased job, which lies in its caller's memory.
    private struct Job {
        let type: any ParallelJob.Type
        let address: UnsafeRawPointer

        func run(_ thread: inout RegionThread) { type.run(at: address, &thread) }
    }

    /// Bit 0: open. Bits 1...15: threads inside. Above: the number of regions so far.
    private let state = Atomic<UInt64>(0)
    private static let open: UInt64 = 1
    private static let oneThread: UInt64 = 2
    private static let threadsInside: UInt64 = 0xfffe
    private static let oneRegion: UInt64 = 1 << 16

    private let shares: WorkShares
    /// The first step of the next region. Only the caller of ``run(_:)`` writes it, while no other thread is inside.
    private var start = WorkShares.Place()
    private let isStopped = Atomic<Bool>(false)
    private let sleepers = Atomic<Int>(0)
    private let wakeSignal = WakeSignal()
    /// Written by the caller of ``run(_:)`` before the region opens, read only by threads inside.
    private var job: Job?

    init(threads: Int) { shares = WorkShares(threads: threads) }

    deinit { shares.deallocate() }

    /// Opens the region, works in it, closes it and waits for the threads that joined.
    ///
    /// - Returns: the number of its steps.
    func run<J: ParallelJob>(_ job: J) -> Int {
        withUnsafePointer(to: job) { address in
            self.job = Job(type: J.self, address: address)
            // Sequentially consistent here and in `sleep`: either the sleeper sees the open region or this thread sees
            // the sleeper.
            state.add(Self.oneRegion + Self.open, ordering: .sequentiallyConsistent)
            if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeSignal.wakeAll() }
            var thread = RegionThread(shares, member: 0, start: start)
            ctk_enter_region()
            job.run(&thread)
            ctk_leave_region()
            let end = thread.place
            state.subtract(Self.open, ordering: .acquiringAndReleasing)
            var spins = 0
            while state.load(ordering: .acquiring) & Self.threadsInside != 0 {
                spins += 1
                // A thread still inside may have lost its processor to another thread, perhaps to this one.
                if spins % WorkShares.spinsBeforeYield == 0 { sched_yield() } else { ctk_spin_hint() }
            }
            let steps = end.step &- start.step
            start = end
            return Int(truncatingIfNeeded: steps)
        }
    }

    /// The main loop of a pool's thread.
    func work(as member: Int) {
        ctk_enter_region()
        var last: UInt64 = 0
        while let joined = waitForRegion(after: last) {
            last = joined
            if let job {
                var thread = RegionThread(shares, member: member, start: start)
                job.run(&thread)
            }
            state.subtract(Self.oneThread, ordering: .releasing)
        }
    }

    func stop() {
        isStopped.store(true, ordering: .sequentiallyConsistent)
        wakeSignal.wakeAll()
    }

    /// Joins the next open region, other than number `last`, and returns its number; nil when the pool ends.
    private func waitForRegion(after last: UInt64) -> UInt64? {
        var spins = 0
        while !isStopped.load(ordering: .relaxed) {
            let current = state.load(ordering: .acquiring)
            let number = current / Self.oneRegion
            if current & Self.open != 0, number != last {
                let (joined, _) = state.weakCompareExchange(
                    expected: current, desired: current + Self.oneThread, ordering: .acquiring)
                if joined { return number }
                continue
            }
            spins += 1
            if spins < Self.spinsBeforeSleep {
                ctk_spin_hint()
            } else {
                sleep(since: number)
                spins = 0
            }
        }
        return nil
    }

    /// About 300 microseconds: longer than the pauses within a token, shorter than those between a user's inputs.
    private static let spinsBeforeSleep = 20_000

    /// Sleeps until a region after number `seen` has opened. It may be closed again once this thread is awake. Similar
    /// regions then follow soon, so the thread spins again instead of being woken too late each time.
    private func sleep(since seen: UInt64) {
        wakeSignal.lock()
        sleepers.add(1, ordering: .sequentiallyConsistent)
        wakeSignal.wait {
            state.load(ordering: .sequentiallyConsistent) / Self.oneRegion != seen
                || isStopped.load(ordering: .sequentiallyConsistent)
        }
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
        wakeSignal.unlock()
    }
}
