/// Work for all threads of a pool: each thread runs the same job, whose steps divide their items between the threads.
///
/// It is not a closure, because closures that other threads call are allocated on the heap, and a token takes a hundred
/// regions. It should hold no references, because threads would contend for their reference counts. So it is a struct
/// of addresses and numbers, and the caller keeps alive the memory that they point to.
package protocol ParallelJob: Sendable {
    /// Takes part in every step, in order. A thread that joins late finds the first steps done.
    func run(_ thread: inout RegionThread)

    /// Runs the job at an address.
    static func run(at address: UnsafeRawPointer, _ thread: inout RegionThread)
}

extension ParallelJob {
    package static func run(at address: UnsafeRawPointer, _ thread: inout RegionThread) {
        address.assumingMemoryBound(to: Self.self).pointee.run(&thread)
    }
}

/// A job of one step that calls a closure, for work that is not done for every token.
struct ClosureJob: ParallelJob, @unchecked Sendable {
    let count: Int
    let grain: Int
    let body: (Range<Int>) -> Void

    func run(_ thread: inout RegionThread) { thread.share(count, grain: grain, body) }
}
