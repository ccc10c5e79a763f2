import TensorCore

/// The sums of a step's gradients over all groups of sequences, of which each process has its part.
///
/// Groups are added in order: ((g0 + g1) + g2) + ... A parameter that a group did not use is left out of the sum, and
/// one that no group used has no sum.
struct GradientTotals {
    private let parameters: [Parameter]
    private let processes: any ProcessGroup
    private let shards: GradientShards
    private let buckets: [GradientShards.Bucket]
    /// This process's part of each parameter's sum; nil before its first use.
    private var sums: [Tensor?]
    /// Whether a group of this step has used the parameter.
    private var hasSum: [Bool]
    /// Whether the parameters' own gradients are the sums, because all sequences are one group.
    private let isAlone: Bool
    /// Adds the gradients of a bucket; nil for a single process.
    private let reduction: BucketReduction?

    /// The number of elements that each process sends to each other one at a time: enough that messages move at full
    /// speed, and few enough that the memory for those of all processes is small.
    private static let elementsPerBucket = 1 << 20

    init(_ parameters: [Parameter], groups: SequenceGroups, _ processes: any ProcessGroup) {
        self.parameters = parameters
        self.processes = processes
        isAlone = groups.count == 1
        let shards = GradientShards(parameters.map(\.count), processes: processes.size)
        self.shards = shards
        // Gradients that exist after the backward pass travel while the others are computed.
        let order =
            parameters.indices.filter { !parameters[$0].isUsedOnce }
            + parameters.indices.filter { parameters[$0].isUsedOnce }
        buckets = shards.buckets(order, limit: Self.elementsPerBucket)
        reduction =
            processes.size == 1
            ? nil
            : BucketReduction(parameters, own: shards.ranges[processes.rank], processes, limit: Self.elementsPerBucket)
        sums = Array(repeating: nil, count: parameters.count)
        hasSum = Array(repeating: false, count: parameters.count)
    }

    /// This process's part of each parameter.
    private var own: [Range<Int>] { shards.ranges[processes.rank] }

    /// Forgets the sums of the step before, but keeps their memory.
    mutating func begin() { hasSum = Array(repeating: false, count: parameters.count) }

    /// The most groups that can share a batch: so many that all gradients take at most twice the memory of one for each
    /// parameter.
    var mostGroupsTogether: Int {
        let all = parameters.reduce(0) { $0 + $1.count }
        let shared = parameters.reduce(0) { $0 + ($1.isUsedOnce ? 0 : $1.count) }
        if shared == 0 { return .max }
        // One process adds the gradients of parameters that are used once directly to the sums. One of several has
        // those of one group, and a part of the sums.
        let single = processes.size == 1 ? 0 : all - shared
        return max(1, (2 * all - all / processes.size - single) / shared)
    }

    /// Prepares for the gradients of a round's groups.
    mutating func begin(_ round: SequenceGroups.Round) {
        guard !isAlone, round.isSeparate else { return }
        for (index, parameter) in parameters.enumerated() {
            if !parameter.isUsedOnce {
                parameter.separateGroups(round.groups)
            } else if processes.size == 1 {
                // This saves writing and reading the groups' gradients, a tenth of the time of a step.
                parameter.addGroups(round.groups, to: memory(of: index), isAdding: hasSum[index])
            } else {
                parameter.postponeGroups(round.groups)
            }
        }
    }

    /// Which parameters have a gradient of one of the round's groups.
    func used(byGroup group: Int) -> [Bool] { parameters.map { $0.isUsed(byGroup: group) } }

    /// Adds the gradients of the round's groups and discards them: those of the first group of each process, in order of
    /// rank, then those of the second, and so on.
    ///
    /// - Parameter used: for each group of a process and each process, which parameters it has used.
    mutating func addGradients(used: [[[Bool]]]) throws(ProcessGroupError) {
        if isAlone {
            hasSum = used[0][0]
            return
        }
        if let reduction { try exchange(reduction, used) } else { addOwn(used) }
        parameters.forEach { $0.discardGradient() }
    }

    /// Adds the gradients of a single process's groups, unless the backward pass has added them.
    private mutating func addOwn(_ used: [[[Bool]]]) {
        for group in used.indices {
            for (index, parameter) in parameters.enumerated() {
                guard let gradient = parameter.gradient(ofGroup: group) else { continue }
                parameter.compute.gather(
                    gradient, 0..<parameter.count, into: memory(of: index), at: 0, adding: hasSum[index])
            }
            markSums(used[group])
        }
    }

    /// Adds the gradients of all processes' groups. While a bucket travels, the postponed gradients of the next are
    /// computed.
    private mutating func exchange(_ reduction: BucketReduction, _ used: [[[Bool]]]) throws(ProcessGroupError) {
        let sums = parameters.indices.map { memory(of: $0) }
        try ExchangeQueue.run { queue in
            // The exchange that reads a parameter's gradient of the group before.
            var last = Array(repeating: 0, count: parameters.count)
            for group in used.indices {
                var contribution = BucketReduction.Contribution(used: used[group], hasSum: hasSum)
                var isComputed = Array(repeating: false, count: parameters.count)
                for bucket in buckets {
                    for index in bucket.parameters where !isComputed[index] {
                        // The groups' gradients share memory.
                        queue.wait(until: last[index])
                        contribution.gradients[index] = parameters[index].gradient(ofGroup: group)
                        isComputed[index] = true
                    }
                    let number = queue.add { [contribution] (queue) throws(ProcessGroupError) in
                        try reduction.add(contribution, of: bucket, to: sums, isAwaited: queue.isAwaited)
                    }
                    for index in bucket.parameters { last[index] = number }
                }
                markSums(used[group])
            }
        }
    }

    /// Remembers which parameters a group of one of the processes has used.
    private mutating func markSums(_ used: [[Bool]]) {
        for process in used {
            for index in parameters.indices where process[index] { hasSum[index] = true }
        }
    }

    /// The memory of this process's part of a parameter's sum.
    private mutating func memory(of index: Int) -> Tensor {
        if let sum = sums[index] { return sum }
        let (parameter, count) = (parameters[index], own[index].count)
        let isWhole = count == parameter.count
        let sum = Tensor(
            zeroRows: isWhole ? parameter.rows : 1, columns: isWhole ? parameter.columns : count)
        sums[index] = sum
        return sum
    }

    /// This process's part of each parameter's sum; nil for parameters that have none.
    var parts: [GradientPart?] {
        parameters.indices.map { index in
            if !hasSum[index] { return nil }
            if isAlone { return parameters[index].wholeGradient }
            return GradientPart(own[index], sum: sums[index] ?? Tensor(zeroRows: 1, columns: 0))
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
        let all = try processes.collect(
            sums.flatMap { $0 }.flatMap { sum in (0..<8).map { UInt8(truncatingIfNeeded: sum.bitPattern >> (8 * $0)) } }
        )
        var first = 0
        for (index, count) in sums.map(\.count).enumerated() {
            for peer in processes.peers where !shards.ranges[peer][index].isEmpty {
                let range = shards.ranges[peer][index]
                for chunk in range.lowerBound / size..<(range.upperBound + size - 1) / size {
                    let place = 8 * (first + chunk)
                    let bits = all[peer][place..<place + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                    sums[index][chunk] = Double(bitPattern: bits)
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
        try ExchangeQueue.run { queue in
            var isUpdated = Array(repeating: false, count: parameters.count)
            for bucket in buckets {
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
    /// Whether a batch uses the parameter in a single operation: a weight matrix of a block, unlike the head.
    fileprivate var isUsedOnce: Bool { rows > 1 && name.contains(".layers.") }
}
