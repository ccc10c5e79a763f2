import TensorCore

/// Computes the sums of a step's gradients over all groups of sequences, of which each process has its part.
struct GradientTotals {
    private let parameters: [Parameter]
    /// The layer of each matrix that a batch uses in a single operation; nil for other parameters, such as the head.
    private let layers: [Int?]
    private let processes: any ProcessGroup
    private let shards: GradientShards
    private let sums: GradientSums
    /// Whether the parameters' own gradients are the sums, because all sequences are one group.
    private let isAlone: Bool
    /// Adds the gradients of a bucket; nil for a single process.
    private let reduction: BucketReduction?
    /// Buckets in the order in which the gradients of a batch are complete.
    private let buckets: [GradientShards.Bucket]
    /// The same if the gradients of matrices are postponed.
    private let postponedBuckets: [GradientShards.Bucket]
    /// The number of groups of this process that have been added in this step.
    private var groups = 0

    init(
        _ parameters: [Parameter], groups: SequenceGroups, _ processes: any ProcessGroup, elementsPerBucket limit: Int
    ) {
        self.parameters = parameters
        let layers = parameters.map(\.layerOfMatrix)
        self.layers = layers
        self.processes = processes
        isAlone = groups.count == 1
        shards = GradientShards(parameters.map(\.count), processes: processes.size)
        sums = GradientSums(parameters, own: shards.ranges[processes.rank])
        reduction = processes.size == 1 ? nil : BucketReduction(parameters, to: sums, processes, limit: limit)
        // The backward pass begins with the last layer. What several operations use is complete at its end.
        let matrices = parameters.indices.filter { layers[$0] != nil }.sorted { (layers[$0] ?? 0) > (layers[$1] ?? 0) }
        let others = parameters.indices.filter { layers[$0] == nil }
        buckets = shards.buckets(matrices + others, limit: limit)
        postponedBuckets = shards.buckets(others + matrices, limit: limit)
    }

    /// Forgets the sums of the step before, but keeps their memory.
    mutating func begin() {
        sums.begin()
        groups = 0
    }

    /// The most groups that can share a batch: so many that all gradients take at most twice the memory of one for each
    /// parameter.
    var mostGroupsTogether: Int {
        let all = parameters.reduce(0) { $0 + $1.count }
        let shared = parameters.indices.reduce(0) { $0 + (layers[$1] == nil ? parameters[$1].count : 0) }
        if shared == 0 { return .max }
        // One process adds the gradients of parameters that are used once directly to the sums. One of several has
        // those of one group, and a part of the sums.
        let single = processes.size == 1 ? 0 : all - shared
        return max(1, (2 * all - all / processes.size - single) / shared)
    }

    /// Prepares for the gradients of a round's groups.
    func begin(_ round: SequenceGroups.Round) {
        guard !isAlone, round.isShared || processes.size == 1 && round.batches.count == 1 else { return }
        for (index, parameter) in parameters.enumerated() {
            if layers[index] == nil {
                parameter.separateGroups(round.groups)
            } else if processes.size == 1 {
                // This saves writing and reading the groups' gradients, a tenth of the time of a step.
                parameter.addGroups(round.groups, to: sums.sum(index), isAdding: sums.hasSum(index))
            } else {
                parameter.postponeGroups(round.groups)
            }
        }
    }

    /// Runs the last batch of a round, adds the gradients of the round's groups and discards them: those of the first
    /// group of each process, in order of rank, then those of the second, and so on. While a bucket of gradients travels,
    /// the next ones are computed.
    ///
    /// - Parameter isAbandoned: whether this process abandons the step, so that there is no batch to run.
    /// - Returns: whether no process abandons the step.
    mutating func addGradients(
        of round: SequenceGroups.Round, isAbandoned: Bool, _ runLastBatch: () -> Void
    ) throws(ProcessGroupError) -> Bool {
        guard let reduction else {
            if isAbandoned { return false }
            runLastBatch()
            addOwn(round)
            return true
        }
        try ExchangeQueue.run(overlaps: processes.overlaps) { queue in
            _ = queue.add { (_) throws(ProcessGroupError) in try reduction.begin(isAbandoned: isAbandoned) }
            if isAbandoned { return }
            if round.isShared {
                runLastBatch()
                exchangeShared(round, reduction, queue)
            } else {
                exchange(reduction, queue, whileRunning: runLastBatch)
            }
        }
        groups += round.groups
        parameters.forEach { $0.discardGradient() }
        return !reduction.isAbandoned
    }

    /// Adds the gradients of a single process's groups, unless the backward pass has added them.
    private mutating func addOwn(_ round: SequenceGroups.Round) {
        for group in 0..<round.groups {
            for (index, parameter) in parameters.enumerated() where parameter.isUsed(byGroup: group) {
                if !isAlone, let gradient = parameter.gradient(ofGroup: group) {
                    parameter.compute.gather(
                        gradient, 0..<parameter.count, into: sums.sum(index), at: 0, adding: sums.hasSum(index))
                }
                sums.use(index, by: groups + group)
            }
        }
        groups += round.groups
        if !isAlone { parameters.forEach { $0.discardGradient() } }
    }

    /// Exchanges the gradients of groups that share a batch, of which those of matrices have been postponed.
    private func exchangeShared(_ round: SequenceGroups.Round, _ reduction: BucketReduction, _ queue: ExchangeQueue) {
        // The exchange that reads a parameter's gradient of the group before.
        var last = Array(repeating: 0, count: parameters.count)
        for group in 0..<round.groups {
            var contribution = BucketReduction.Contribution(group: groups + group)
            var isComputed = Array(repeating: false, count: parameters.count)
            for bucket in postponedBuckets {
                for index in bucket.parameters where !isComputed[index] {
                    // The groups' gradients share memory.
                    queue.wait(until: last[index])
                    contribution.gradients[index] = parameters[index].gradient(ofGroup: group)
                    isComputed[index] = true
                }
                let number = reduction.add(contribution, of: bucket, in: queue)
                for index in bucket.parameters { last[index] = number }
            }
        }
    }

    /// Exchanges the gradients of a single group while the backward pass of its last batch runs.
    private func exchange(_ reduction: BucketReduction, _ queue: ExchangeQueue, whileRunning runLastBatch: () -> Void) {
        let progress = BackwardProgress(buckets, layers: layers) { [parameters, groups] bucket in
            var contribution = BucketReduction.Contribution(group: groups)
            for index in bucket.parameters { contribution.gradients[index] = parameters[index].gradient }
            _ = reduction.add(contribution, of: bucket, in: queue)
        }
        for (parameter, layer) in zip(parameters, layers) {
            if let layer { parameter.onGradient { progress.reach(layer) } }
        }
        runLastBatch()
        progress.end()
    }

    /// This process's part of each parameter's sum; nil for parameters that have none.
    var parts: [GradientPart?] {
        parameters.indices.map { index in
            isAlone && sums.hasSum(index) ? parameters[index].wholeGradient : sums.part(index)
        }
    }

    /// The norm of all sums together. Each parameter's squares are added in a fixed order, whichever processes have
    /// summed them.
    func norm(_ parts: [GradientPart?]) throws(ProcessGroupError) -> Double {
        let size = Parameter.elementsPerSum
        let chunks = parameters.map { ($0.count + size - 1) / size }
        var sums = chunks.map { Array(repeating: 0.0, count: $0) }
        for (index, part) in parts.enumerated() {
            guard let part, !part.elements.isEmpty else { continue }
            let first = part.elements.lowerBound / size
            let squares = parameters[index].compute.sumsOfSquares(part.sum)
            sums[index].replaceSubrange(first..<first + squares.count, with: squares)
        }
        if processes.size > 1 { try collect(&sums) }
        return sums.reduce(0) { $0 + $1.reduce(0, +) }.squareRoot()
    }

    /// Replaces the sums of squares of other processes' parts by theirs.
    private func collect(_ sums: inout [[Double]]) throws(ProcessGroupError) {
        let size = Parameter.elementsPerSum
        let all = try processes.collect(Array(sums.joined()))
        var first = 0
        for (index, count) in sums.map(\.count).enumerated() {
            for peer in processes.peers where !shards.ranges[peer][index].isEmpty {
                let range = shards.ranges[peer][index]
                for chunk in range.lowerBound / size..<(range.upperBound + size - 1) / size {
                    sums[index][chunk] = all[peer][first + chunk]
                }
            }
            first += count
        }
    }

    /// Updates the weights and brings those that each process has updated to all others. While a bucket travels, the
    /// next is updated.
    ///
    /// - Parameters:
    ///   - parts: those that are updated.
    ///   - update: updates this process's part of the parameter of an index.
    func updateWeights(_ parts: [GradientPart?], _ update: (Int) -> Void) throws(ProcessGroupError) {
        if processes.size == 1 { return parameters.indices.forEach(update) }
        let isShared = parts.map { $0 != nil }
        let (parameters, processes) = (parameters, processes)
        try ExchangeQueue.run(overlaps: processes.overlaps) { queue in
            var isUpdated = Array(repeating: false, count: parameters.count)
            for bucket in postponedBuckets {
                for index in bucket.parameters where !isUpdated[index] {
                    update(index)
                    isUpdated[index] = true
                }
                _ = queue.add { (queue) throws(ProcessGroupError) in
                    func messages(_ peer: Int, of owner: Int) -> [Message] {
                        bucket.pieces[owner].filter { isShared[$0.parameter] }.map {
                            Message(peer: peer, parameters[$0.parameter].values, $0.elements)
                        }
                    }
                    try processes.exchange(
                        processes.peers.flatMap { messages($0, of: processes.rank) },
                        processes.peers.flatMap { messages($0, of: $0) }, isPatient: !queue.isAwaited)
                }
            }
        }
    }
}

extension Parameter {
    fileprivate var layerOfMatrix: Int? {
        guard rows > 1, let prefix = name.firstRange(of: ".layers.") else { return nil }
        return Int(name[prefix.upperBound...].prefix { $0 != "." })
    }
}
