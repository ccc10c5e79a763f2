/// One thread's part in a parallel region.
package struct RegionThread: ~Copyable {
    /// nil if the caller works alone.
    private let shares: WorkShares?
    /// The thread's number, below the pool's `threadCount`, which selects its scratch memory.
    let member: Int
    private(set) var step = 0

    init(_ shares: WorkShares?, member: Int) {
        self.shares = shares
        self.member = member
    }

    /// Runs one step: calls `body` with ranges that together cover 0..<count, on all threads that have joined. Returns
    /// when all ranges are done, so that the next step may read the results.
    ///
    /// Ranges start at multiples of `grain` and have at most `grain` items, except that a caller that works alone gets
    /// one range. Results must not depend on which thread computes a range.
    package mutating func share(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        defer { step += 1 }
        guard count > 0 else { return }
        guard let shares else { return body(0..<count) }
        precondition(step < WorkShares.stepLimit, "a region has at most \(WorkShares.stepLimit) steps")
        shares.work(on: WorkShares.Items(step: step, count: count, grain: grain), as: member, body)
    }
}
