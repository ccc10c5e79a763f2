import CTensorKernels
import Synchronization
import CLibc

/// The division of the items of a region's steps between threads.
///
/// Each thread has a contiguous share, so that it reads memory from front to back. When its share is done, it takes the
/// remaining chunks of other shares. Each counter has its own cache line: a thread that works on its own share then
/// never waits for another core's line, which takes as long as a small product.
package final class WorkShares: @unchecked Sendable {
    /// The most steps that a region may have.
    package static let stepLimit = 8

    /// The items of one step.
    struct Items {
        let step: Int
        let count: Int
        let grain: Int

        var chunks: Int { (count + grain - 1) / grain }
    }

    private let threadCount: Int
    /// For each step: the number of chunks taken from each thread's share, then the number of items done.
    private let counters: UnsafeMutablePointer<Atomic<Int>>
    private static let counterStride = 128 / MemoryLayout<Atomic<Int>>.stride

    init(threads: Int) {
        threadCount = threads
        let count = Self.stepLimit * (threads + 1) * Self.counterStride
        counters = .allocate(capacity: count)
        for index in 0..<count { (counters + index).initialize(to: Atomic(0)) }
    }

    deinit { counters.deallocate() }

    /// Resets the first `steps` steps; no thread may be working on them.
    func reset(steps: Int) {
        for index in 0..<steps * (threadCount + 1) {
            counters[index * Self.counterStride].store(0, ordering: .relaxed)
        }
    }

    /// Works until all items are done by any threads.
    func work(on items: Items, as member: Int, _ body: (Range<Int>) -> Void) {
        var done = 0
        for distance in 0..<threadCount {
            done += take(from: (member + distance) % threadCount, of: items, body)
        }
        // One addition per thread, not one per chunk: all threads share this cache line.
        let finished = items.step * (threadCount + 1) + threadCount
        let total = counters + finished * Self.counterStride
        if done > 0 { total.pointee.add(done, ordering: .acquiringAndReleasing) }
        var spins = 0
        while total.pointee.load(ordering: .acquiring) < items.count {
            spins += 1
            // A thread that has not finished may have lost its processor to another thread, perhaps to this one.
            if spins % Self.spinsBeforeYield == 0 { sched_yield() } else { ctk_spin_hint() }
        }
    }

    /// Takes chunks of one thread's share until none are left; returns the number of their items.
    private func take(from owner: Int, of items: Items, _ body: (Range<Int>) -> Void) -> Int {
        let first = boundary(owner, items.chunks)
        let size = boundary(owner + 1, items.chunks) - first
        var done = 0
        let taken = counters + (items.step * (threadCount + 1) + owner) * Self.counterStride
        while taken.pointee.load(ordering: .relaxed) < size {
            let chunk = taken.pointee.add(1, ordering: .relaxed).oldValue
            guard chunk < size else { break }
            let start = (first + chunk) * items.grain
            let range = start..<min(start + items.grain, items.count)
            body(range)
            done += range.count
        }
        return done
    }

    /// Returns the first chunk of a thread's share, rounded up so that a single chunk goes to the caller, which is
    /// already awake.
    private func boundary(_ owner: Int, _ chunks: Int) -> Int { (chunks * owner + threadCount - 1) / threadCount }

    /// About 15 microseconds.
    static let spinsBeforeYield = 1_000
}
