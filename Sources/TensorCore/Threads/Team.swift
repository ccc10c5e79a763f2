/// One thread's part in a parallel region.
package struct Team: ~Copyable {
    /// nil where the caller works alone.
    private let shares: WorkShares?
    /// The thread's number, below the pool's `threadCount`: for scratch memory of its own.
    let member: Int
    private(set) var step = 0

    init(_ shares: WorkShares?, member: Int) {
        self.shares = shares
        self.member = member
    }

    /// One step: calls `body` with ranges that together cover 0..<count, on whichever threads are there, and returns
    /// when all are done, so that the next step may read what this one wrote.
    ///
    /// Ranges start at multiples of `grain` and have at most `grain` items, but for a caller that works alone. Results
    /// must not depend on who computes what.
    package mutating func share(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        defer { step += 1 }
        guard count > 0 else { return }
        guard let shares else { return body(0..<count) }
        precondition(step < WorkShares.stepLimit, "a region has at most \(WorkShares.stepLimit) steps")
        shares.work(on: WorkShares.Items(step: step, count: count, grain: grain), as: member, body)
    }
}
