import Synchronization
import TensorCore
import Testing
import CLibc

@Suite("Thread pool", .timeLimit(.minutes(20)))
struct ThreadPoolTests {
    @Test(arguments: [1, 2, 3, 8]) func coversEachIndexOnce(threads: Int) {
        let pool = ThreadPool(threads: threads)
        for count in [0, 1, 2, 7, 64, 1000] {
            for grain in [1, 3, 64, 5000] {
                #expect(hits(pool, count: count, grain: grain) == [Int](repeating: 1, count: count))
            }
        }
    }

    /// Regions so short that threads come too late, leave and return, in many interleavings.
    @Test(arguments: [2, 3, 5]) func thousandsOfTinyRegions(threads: Int) {
        let pool = ThreadPool(threads: threads)
        for round in 0..<5000 {
            let count = 2 + round % 7
            guard hits(pool, count: count, grain: 1) == [Int](repeating: 1, count: count) else {
                Issue.record("round \(round)")
                return
            }
        }
    }

    /// All threads read in each step what the previous step wrote, in regions so short that threads miss some steps.
    @Test(arguments: [1, 2, 3, 5]) func stepsFollowEachOther(threads: Int) {
        let pool = ThreadPool(threads: threads)
        let count = 24
        let memory = UnsafeMutablePointer<Int>.allocate(capacity: 4 * count)
        defer { memory.deallocate() }
        memory.initialize(repeating: 0, count: 4 * count)
        for round in 1...3000 {
            pool.run(Cascade(memory: memory, count: count, round: round))
            guard (0..<count).allSatisfy({ memory[3 * count + $0] == round * 4 * count }) else {
                Issue.record("round \(round)")
                return
            }
        }
    }

    /// One region with as many steps as a pass of a deep model, some of them with a single item.
    @Test(arguments: [1, 2, 3, 5]) func aRegionMayHaveThousandsOfSteps(threads: Int) {
        let pool = ThreadPool(threads: threads)
        let count = 7
        let memory = UnsafeMutablePointer<Int>.allocate(capacity: 2 * count)
        defer { memory.deallocate() }
        memory.initialize(repeating: 0, count: 2 * count)
        for round in 1...20 {
            pool.run(Steps(memory: memory, count: count, steps: 2000))
            guard (0..<count).allSatisfy({ memory[$0] == round * 2000 }) else {
                Issue.record("round \(round): \((0..<count).map { memory[$0] })")
                return
            }
        }
    }

    @Test func regionsAndStepsAreCounted() {
        let pool = ThreadPool(threads: 2)
        let memory = UnsafeMutablePointer<Int>.allocate(capacity: 4 * 8)
        defer { memory.deallocate() }
        memory.initialize(repeating: 0, count: 4 * 8)
        for round in 1...5 { pool.run(Cascade(memory: memory, count: 8, round: round)) }
        #expect(pool.counts.regions == 5 && pool.counts.steps == 20)
    }

    /// A region within a region runs on the calling thread alone.
    @Test func regionsNest() {
        let pool = ThreadPool(threads: 3)
        let total = Atomic<Int>(0)
        pool.run(count: 20, grain: 1) { outer in
            for _ in outer {
                pool.run(count: 50, grain: 4) { inner in total.add(inner.count, ordering: .relaxed) }
            }
        }
        #expect(total.load(ordering: .relaxed) == 1000)
    }

    /// Callers on several threads take turns: each region has all threads.
    @Test func callersMayMeet() {
        let pool = ThreadPool(threads: 3)
        let failures = Counter()
        let callers = (0..<4).map { caller in
            SystemThread {
                for round in 0..<500 {
                    let count = 10 + caller + round % 5
                    let isCovered = hits(pool, count: count, grain: 2) == [Int](repeating: 1, count: count)
                    if !isCovered { failures.value.add(1, ordering: .relaxed) }
                }
            }
        }
        for caller in callers { caller?.join() }
        #expect(failures.value.load(ordering: .relaxed) == 0)
        #expect(pool.counts.regions == 4 * 500)
    }

    /// A caller that never pauses lets others have their turns.
    @Test func aBusyCallerIsInterrupted() {
        let pool = ThreadPool(threads: 2)
        let isDone = Counter()
        let busy = SystemThread {
            while isDone.value.load(ordering: .relaxed) == 0 { _ = hits(pool, count: 64, grain: 1) }
        }
        while pool.counts.regions == 0 { sched_yield() }
        for _ in 0..<200 { #expect(hits(pool, count: 64, grain: 1) == [Int](repeating: 1, count: 64)) }
        isDone.value.add(1, ordering: .relaxed)
        busy?.join()
        #expect(pool.counts.regions > 200)
    }

    /// All threads take part at once, even after they have gone to sleep: each item waits for all others to begin.
    @Test(arguments: [2, 3]) func sleepersWake(threads: Int) {
        let pool = ThreadPool(threads: threads)
        for pause in [0, 0, 200, 1000, 5000, 30_000, 0] as [UInt32] {
            usleep(pause)
            let begun = Atomic<Int>(0)
            let clock = Stopwatch()
            pool.run(count: threads, grain: 1) { _ in
                begun.add(1, ordering: .relaxed)
                while begun.load(ordering: .relaxed) < threads, clock.seconds < 120 { sched_yield() }
            }
            #expect(clock.seconds < 120, "a thread did not wake after \(pause) microseconds")
        }
    }

    @Test func thereIsACoreToRunOn() {
        #expect((try? ComputeContext())?.pool.threadCount == min(physicalCoreCount(), ThreadPool.maximumThreadCount))
    }

    /// Releasing a pool ends its threads, whether they are spinning, sleeping or just starting.
    @Test func endsWhenReleased() {
        for round in 0..<100 {
            let pool = ThreadPool(threads: 1 + round % 4)
            if round % 3 > 0 { #expect(hits(pool, count: 5, grain: 1) == [1, 1, 1, 1, 1]) }
            if round % 10 == 9 { usleep(3000) }
        }
    }
}

/// A job of four steps; each item of the last three adds up all items of the previous step.
private struct Cascade: ParallelJob, @unchecked Sendable {
    let memory: UnsafeMutablePointer<Int>
    let count: Int
    let round: Int

    func run(_ thread: inout RegionThread) {
        thread.share(count, grain: 1) { range in
            for index in range { memory[index] = round }
        }
        for step in 1..<4 {
            let before = memory + (step - 1) * count
            thread.share(count, grain: step) { range in
                for index in range {
                    // The sum over equal items, kept small: round * 4 * count in the last step.
                    let sum = (0..<count).reduce(0) { $0 + before[$1] }
                    memory[step * count + index] = step < 3 ? sum / count : sum * 4
                }
            }
        }
    }
}

/// Adds 1 in each step to what another item was in the step before. The number of steps is even.
private struct Steps: ParallelJob, @unchecked Sendable {
    let memory: UnsafeMutablePointer<Int>
    let count: Int
    let steps: Int

    func run(_ thread: inout RegionThread) {
        for step in 0..<steps {
            let (from, to) = (memory + step % 2 * count, memory + (step + 1) % 2 * count)
            thread.share(count, grain: 1 + step % count) { range in
                for index in range { to[index] = from[(index + step) % count] + 1 }
            }
        }
    }
}

/// A counter that several threads increment.
private final class Counter: Sendable {
    let value = Atomic<Int>(0)
}

/// The number of times that each index was given out. It is not counted atomically, so the thread sanitizer detects an
/// index given out twice at once.
private func hits(_ pool: ThreadPool, count: Int, grain: Int) -> [Int] {
    var hits = [Int](repeating: 0, count: count)
    hits.withUnsafeMutableBufferPointer { hits in
        nonisolated(unsafe) let hits = hits
        pool.run(count: count, grain: grain) { range in
            for index in range { hits[index] += range.lowerBound % grain == 0 ? 1 : 100 }
        }
    }
    return hits
}
