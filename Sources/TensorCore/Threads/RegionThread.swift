/// One thread's part in a parallel region.
package struct RegionThread: ~Copyable {
    /// nil if the caller works alone.
    private let shares: WorkShares?
    /// The thread's number, below the pool's `threadCount`, which selects its scratch memory.
    let member: Int
    /// The next step.
    private(set) var place: WorkShares.Place

    /// - Parameter start: the first step of the region.
    init(_ shares: WorkShares?, member: Int, start: WorkShares.Place = WorkShares.Place()) {
        self.shares = shares
        self.member = member
        place = start
    }

    /// Runs one step: calls `body` with ranges that together cover 0..<count, on all threads that have joined. Returns
    /// when all ranges are done, so that the next step may read the results.
    ///
    /// Ranges start at multiples of `grain` and have at most `grain` items, except that a caller that works alone gets
    /// one range. Results must not depend on which thread computes a range.
    ///
    /// - Parameter whileWaiting: is called when this thread has nothing left to do in the step.
    package mutating func share(
        _ count: Int, grain: Int, _ body: (Range<Int>) -> Void, whileWaiting: () -> Void = {}
    ) {
        guard count > 0 else { return }
        guard let shares else { return body(0..<count) }
        let items = WorkShares.Items(place: place, count: count, grain: grain)
        shares.work(on: items, as: member, body, whileWaiting: whileWaiting)
        place.step &+= 1
        place.itemsBefore &+= UInt64(count)
    }
}
