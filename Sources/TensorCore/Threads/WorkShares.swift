import CTensorKernels
import Synchronization
import CLibc

/// The division of the items of a region's steps between threads.
///
/// Each thread has a contiguous share, so that it reads memory from front to back. When its share is done, it takes the
/// remaining chunks of other shares. Each counter has its own cache line: a thread that works on its own share then
/// never waits for another core's line, which takes as long as a small product.
///
/// Steps are numbered from the creation of the pool on, and counters are never reset: a counter of chunks includes the
/// number of its step, and items are summed over all steps. A region may therefore have any number of steps, and a
/// thread that joins late finds those that are over.
///
/// A struct of an address, because threads would contend for the reference count of an object.
struct WorkShares: @unchecked Sendable {
    /// Where a step lies in the sequence of all steps.
    struct Place {
        /// The step's number.
        var step: UInt64 = 0
        /// The number of items of all steps before it.
        var itemsBefore: UInt64 = 0
    }

    /// The items of one step.
    struct Items {
        let place: Place
        let count: Int
        let grain: Int

        var chunks: Int { (count + grain - 1) / grain }
    }

    private let threadCount: Int
    /// For each thread's share, the last step in which chunks were taken from it, and their number (``Taken``); then
    /// the number of items that each thread has done so far. A thread writes its own number only, so it never waits for
    /// another core's line, and others wait once for a change of the line.
    private let counters: UnsafeMutablePointer<Atomic<UInt64>>
    private static let stride = 128 / MemoryLayout<Atomic<UInt64>>.stride

    init(threads: Int) {
        threadCount = threads
        let count = (2 * threads + 1) * Self.stride
        counters = .allocate(capacity: count)
        for index in 0..<count { (counters + index).initialize(to: Atomic(0)) }
    }

    /// Ends the use of all copies.
    func deallocate() { counters.deallocate() }

    /// Works until all items are done by any threads.
    ///
    /// - Parameter whileWaiting: is called before this thread waits for others.
    func work(on items: Items, as member: Int, _ body: (Range<Int>) -> Void, whileWaiting: () -> Void) {
        let chunks = items.chunks
        precondition(chunks <= Taken.most, "at most \(Taken.most) chunks")
        let end = items.place.itemsBefore &+ UInt64(items.count)
        var finished = take(from: member, of: items, chunks: chunks, body)
        // A step with a chunk for each thread is so short that the other threads are about to finish, too. Looking for
        // work among their lines would delay them.
        let isShort = chunks <= threadCount
        if !isShort { finished += help(as: member, items, chunks: chunks, body) }
        // One addition for all chunks, since others read this number all the time.
        add(finished, of: member)
        whileWaiting()
        var spins = 0
        while !isDone(end) {
            spins += 1
            if isShort, spins % Self.spinsBeforeHelp == 0 {
                add(help(as: member, items, chunks: chunks, body), of: member)
            }
            // A thread that has not finished may have lost its processor to another thread, perhaps to this one.
            if spins % Self.spinsBeforeYield == 0 { sched_yield() } else { ctk_spin_hint() }
        }
    }

    private func add(_ finished: Int, of member: Int) {
        guard finished > 0 else { return }
        let number = counters + (threadCount + member) * Self.stride
        number.pointee.store(number.pointee.load(ordering: .relaxed) &+ UInt64(finished), ordering: .releasing)
    }

    /// Whether all threads together have done as many items.
    private func isDone(_ end: UInt64) -> Bool {
        var sum: UInt64 = 0
        for member in 0..<threadCount {
            sum &+= counters[(threadCount + member) * Self.stride].load(ordering: .acquiring)
        }
        // A difference, so that the sum may wrap around.
        return Int64(bitPattern: sum &- end) >= 0
    }

    /// Takes chunks of all other threads' shares; returns the number of their items.
    private func help(as member: Int, _ items: Items, chunks: Int, _ body: (Range<Int>) -> Void) -> Int {
        var finished = 0
        for distance in 1..<threadCount {
            let owner = member + distance
            finished += take(
                from: owner < threadCount ? owner : owner - threadCount, of: items, chunks: chunks, body)
        }
        return finished
    }

    /// Takes chunks of one thread's share until none are left; returns the number of their items.
    private func take(from owner: Int, of items: Items, chunks: Int, _ body: (Range<Int>) -> Void) -> Int {
        let first = boundary(owner, chunks)
        let size = boundary(owner + 1, chunks) - first
        guard size > 0 else { return 0 }
        let counter = counters + owner * Self.stride
        var finished = 0
        var last = counter.pointee.load(ordering: .relaxed)
        while let next = Taken.next(after: last, step: items.place.step, size: size) {
            let (isMine, current) = counter.pointee.weakCompareExchange(
                expected: last, desired: next, ordering: .relaxed)
            last = current
            guard isMine else { continue }
            last = next
            let start = (first + Taken.count(next) - 1) * items.grain
            let range = start..<min(start + items.grain, items.count)
            body(range)
            finished += range.count
        }
        return finished
    }

    /// Returns the first chunk of a thread's share, rounded up so that a single chunk goes to the caller, which is
    /// already awake.
    private func boundary(_ owner: Int, _ chunks: Int) -> Int { (chunks * owner + threadCount - 1) / threadCount }

    /// About one microsecond.
    private static let spinsBeforeHelp = 64
    /// About 15 microseconds.
    static let spinsBeforeYield = 1_000
}

/// The chunks taken from one share: a step's number in the upper 40 bits, and the number of chunks in the others.
private enum Taken {
    private static let countBits: UInt64 = 24

    /// The most chunks of a step.
    static let most = 1 << countBits - 1

    static func count(_ taken: UInt64) -> Int { Int(taken & (1 << countBits - 1)) }

    /// Returns the counter after one more chunk of `step`; nil if all `size` chunks are taken, or the step is over.
    static func next(after taken: UInt64, step: UInt64, size: Int) -> UInt64? {
        let first = step << countBits
        // A difference, so that numbers of steps may wrap around.
        let age = Int64(bitPattern: taken &- first)
        if age < 0 { return first + 1 }
        return age < Int64(size) ? taken + 1 : nil
    }
}
