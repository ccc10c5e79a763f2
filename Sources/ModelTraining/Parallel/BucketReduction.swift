import TensorCore

/// Sends a bucket's gradients to the processes that own its pieces, and adds those that arrive to this process's part of
/// the sums, in order of rank.
final class BucketReduction: @unchecked Sendable {
    private let parameters: [Parameter]
    private let sums: GradientSums
    private let processes: any ProcessGroup
    /// Memory for a bucket from each other process.
    private let received: [Tensor]
    /// A context without threads, for additions while another thread computes.
    private let alone: ComputeContext
    /// Whether a process abandons the step. Read it when the exchanges have ended.
    private(set) var isAbandoned = false

    /// - Parameter limit: the most elements of a bucket that a process owns.
    init(_ parameters: [Parameter], to sums: GradientSums, _ processes: any ProcessGroup, limit: Int) {
        self.parameters = parameters
        self.sums = sums
        self.processes = processes
        received = (0..<processes.size).map { Tensor(zeroRows: 1, columns: $0 == processes.rank ? 0 : limit) }
        alone = ComputeContext(
            kernels: parameters[0].compute.kernels, pool: ThreadPool(threads: 1), recycledBytes: 0)
    }

    /// Begins a round, unless a process abandons the step.
    func begin(isAbandoned: Bool) throws(ProcessGroupError) {
        self.isAbandoned = try processes.collect([isAbandoned ? 1 : 0]).contains([1])
    }

    /// This process's gradients of one group.
    struct Contribution: Sendable {
        /// The group's number among those of the process.
        let group: Int
        /// By parameter. Those of the bucket's parameters are complete; the group has not used those without any.
        var gradients: [Int: Tensor] = [:]
    }

    /// Adds the exchange of a bucket of one group of each process to a queue.
    ///
    /// - Returns: its number in the queue.
    func add(_ contribution: Contribution, of bucket: GradientShards.Bucket, in queue: ExchangeQueue) -> Int {
        queue.add { (queue) throws(ProcessGroupError) in
            try self.exchange(contribution, of: bucket, isAwaited: queue.isAwaited)
        }
    }

    /// Exchanges a bucket, and adds what arrives.
    ///
    /// - Parameter isAwaited: whether no other thread computes. It may change in the meantime.
    private func exchange(
        _ contribution: Contribution, of bucket: GradientShards.Bucket, isAwaited: @autoclosure () -> Bool
    ) throws(ProcessGroupError) {
        if isAbandoned { return }
        let (gradients, group) = (contribution.gradients, contribution.group)
        let flags = try processes.collect(
            bucket.parameters.map { gradients[$0] == nil ? 0 : 1 }, isPatient: !isAwaited())
        let used = flags.map { flags in Set(zip(bucket.parameters, flags).filter { $1 == 1 }.map(\.0)) }
        for index in used.joined() { sums.use(index, by: group) }
        let mine = bucket.pieces[processes.rank]
        var outgoing: [Message] = []
        var incoming: [Message] = []
        for peer in processes.peers {
            for piece in bucket.pieces[peer] {
                guard let gradient = gradients[piece.parameter] else { continue }
                outgoing.append(Message(peer: peer, gradient, piece.elements))
            }
            var place = 0
            for piece in mine where used[peer].contains(piece.parameter) {
                incoming.append(Message(peer: peer, received[peer], place..<place + piece.elements.count))
                place += piece.elements.count
            }
        }
        try processes.exchange(outgoing, incoming, isPatient: !isAwaited())
        var places = Array(repeating: 0, count: processes.size)
        for piece in mine {
            let index = piece.parameter
            let place = piece.elements.lowerBound - sums.own[index].lowerBound
            var isAdding = sums.hasSum(index, before: group)
            let compute = isAwaited() ? parameters[index].compute : alone
            for process in 0..<processes.size where used[process].contains(index) {
                let isOwn = process == processes.rank
                guard let source = isOwn ? gradients[index] : received[process] else { continue }
                let range = isOwn ? piece.elements : places[process]..<places[process] + piece.elements.count
                compute.gather(source, range, into: sums.sum(index), at: place, adding: isAdding)
                places[process] = range.upperBound
                isAdding = true
            }
        }
    }
}
