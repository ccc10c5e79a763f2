/// What all threads of a pool do together: each runs the same job, and its steps share their items between threads.
///
/// It is no closure because one that other threads may call lives on the heap, and a token takes a hundred regions. Nor
/// should it hold references: threads would count them against each other. So it is a struct of addresses and numbers,
/// and whoever runs it keeps alive what they point to.
package protocol ParallelJob: Sendable {
    /// Takes part in every step, in order. Threads that come late find the first steps done.
    func run(_ team: inout Team)

    /// Runs the job that lies at an address.
    static func run(at address: UnsafeRawPointer, _ team: inout Team)
}

extension ParallelJob {
    package static func run(at address: UnsafeRawPointer, _ team: inout Team) {
        address.assumingMemoryBound(to: Self.self).pointee.run(&team)
    }
}

/// One step made of one closure, for work that is not done for every token.
struct ClosureJob: ParallelJob, @unchecked Sendable {
    let count: Int
    let grain: Int
    let body: (Range<Int>) -> Void

    func run(_ team: inout Team) { team.share(count, grain: grain, body) }
}
