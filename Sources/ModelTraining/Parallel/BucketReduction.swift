import TensorCore

/// Sends a bucket's gradients to the processes that own its pieces, and adds those that arrive to this process's part of
/// the sums, in order of rank.
struct BucketReduction: Sendable {
    private let parameters: [Parameter]
    /// This process's part of each parameter.
    private let own: [Range<Int>]
    private let processes: any ProcessGroup
    /// Memory for a bucket from each other process.
    private let received: [Tensor]
    /// A context without threads, for additions while another thread computes.
    private let alone: ComputeContext

    /// - Parameter limit: the most elements of a bucket that a process owns.
    init(_ parameters: [Parameter], own: [Range<Int>], _ processes: any ProcessGroup, limit: Int) {
        self.parameters = parameters
        self.own = own
        self.processes = processes
        received = (0..<processes.size).map { Tensor(zeroRows: 1, columns: $0 == processes.rank ? 0 : limit) }
        alone = ComputeContext(
            kernels: parameters[0].compute.kernels, pool: ThreadPool(threads: 1), recycledBytes: 0)
    }

    /// The gradients of one group of each process.
    struct Contribution: Sendable {
        /// This process's own, by parameter; those of the bucket's parameters are complete.
        var gradients: [Int: Tensor] = [:]
        /// For each process, which parameters its group has used.
        let used: [[Bool]]
        /// Which parameters have a sum of earlier groups.
        let hasSum: [Bool]
    }

    /// Exchanges a bucket, and adds what arrives.
    ///
    /// - Parameters:
    ///   - sums: this process's part of each parameter's sum.
    ///   - isAwaited: whether no other thread computes. It may change in the meantime.
    func add(
        _ contribution: Contribution, of bucket: GradientShards.Bucket, to sums: [Tensor],
        isAwaited: @autoclosure () -> Bool
    ) throws(ProcessGroupError) {
        let used = contribution.used
        let mine = bucket.pieces[processes.rank]
        var outgoing: [Message] = []
        var incoming: [Message] = []
        for peer in processes.peers {
            for piece in bucket.pieces[peer] {
                guard let gradient = contribution.gradients[piece.parameter] else { continue }
                outgoing.append(Message(peer: peer, gradient, piece.elements))
            }
            var place = 0
            for piece in mine where used[peer][piece.parameter] {
                incoming.append(Message(peer: peer, received[peer], place..<place + piece.elements.count))
                place += piece.elements.count
            }
        }
        try processes.exchange(outgoing, incoming, isPatient: !isAwaited())
        var places = Array(repeating: 0, count: processes.size)
        for piece in mine {
            let index = piece.parameter
            var hasSum = contribution.hasSum[index]
            let compute = isAwaited() ? parameters[index].compute : alone
            for process in 0..<processes.size where used[process][index] {
                let range = places[process]..<places[process] + piece.elements.count
                let isOwn = process == processes.rank
                guard let source = isOwn ? contribution.gradients[index] : received[process] else { continue }
                compute.gather(
                    source, isOwn ? piece.elements : range, into: sums[index],
                    at: piece.elements.lowerBound - own[index].lowerBound, adding: hasSum)
                if !isOwn { places[process] = range.upperBound }
                hasSum = true
            }
        }
    }
}
