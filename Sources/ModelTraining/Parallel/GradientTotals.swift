import TensorCore

/// The sums of a step's gradients over all groups of sequences, of which each process has its part.
///
/// Groups are added in order: ((g0 + g1) + g2) + ... A parameter that a group did not use is left out of the sum, and
/// one that no group used has no sum.
struct GradientTotals {
    private let parameters: [Parameter]
    private let processes: any ProcessGroup
    private let shards: GradientShards
    /// Each process's pieces, in buckets that travel together.
    private let buckets: [[[GradientShards.Piece]]]
    /// This process's part of each parameter's sum; nil before its first use.
    private var sums: [Tensor?]
    /// Whether a group of this step has used the parameter.
    private var hasSum: [Bool]
    /// Whether the parameters' own gradients are the sums, because all sequences are one group.
    private let isAlone: Bool
    /// Memory for a bucket from each other process.
    private var received: [Tensor] = []

    /// The number of elements that each process sends to each other one at a time: enough that messages move at full
    /// speed, and few enough that the memory for those of all processes is small.
    private static let elementsPerBucket = 1 << 20

    init(_ parameters: [Parameter], groups: SequenceGroups, _ processes: any ProcessGroup) {
        self.parameters = parameters
        self.processes = processes
        isAlone = groups.count == 1
        let shards = GradientShards(parameters.map(\.count), processes: processes.size)
        self.shards = shards
        let limit = Self.elementsPerBucket
        buckets =
            processes.size == 1 ? [] : (0..<processes.size).map { shards.buckets(of: $0, limit: limit) }
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
    ///
    /// - Parameter isOneBatch: whether the groups share one batch; otherwise there is one group of several batches.
    mutating func beginRound(groups: Int, isOneBatch: Bool) {
        guard !isAlone, isOneBatch, processes.size == 1 || groups > 1 else { return }
        for (index, parameter) in parameters.enumerated() {
            if !parameter.isUsedOnce {
                parameter.separateGroups(groups)
            } else if processes.size == 1 {
                // This saves writing and reading the groups' gradients, a tenth of the time of a step.
                parameter.addGroups(groups, to: memory(of: index), isAdding: hasSum[index])
            } else {
                parameter.postponeGroups(groups)
            }
        }
    }

    /// Which parameters have a gradient of one of the round's groups.
    func used(byGroup group: Int) -> [Bool] { parameters.map { $0.isUsed(byGroup: group) } }

    /// Adds the gradients of one group of each process, in order of rank.
    ///
    /// - Parameters:
    ///   - group: the group's number within the round.
    ///   - used: for each process, which parameters its group has used.
    mutating func addGradients(ofGroup group: Int, used: [[Bool]]) throws(ProcessGroupError) {
        if isAlone {
            hasSum = used[0]
            return
        }
        let gradients = parameters.map { $0.gradient(ofGroup: group) }
        if processes.size == 1 {
            for (index, gradient) in gradients.enumerated() {
                guard let gradient else { continue }
                add(gradient, 0..<parameters[index].count, toPieceOf: index, at: 0, isFirst: !hasSum[index])
            }
        } else {
            for bucket in 0..<(buckets.map(\.count).max() ?? 0) { try exchange(bucket, gradients, used) }
        }
        for process in used {
            for index in parameters.indices where process[index] { hasSum[index] = true }
        }
    }

    /// Discards the gradients of the round's groups, which have been added.
    func endRound() {
        if !isAlone { parameters.forEach { $0.discardGradient() } }
    }

    /// Sends a bucket of each other process to it, and adds this process's bucket of all.
    private mutating func exchange(
        _ bucket: Int, _ gradients: [Tensor?], _ used: [[Bool]]
    ) throws(ProcessGroupError) {
        func pieces(of process: Int) -> [GradientShards.Piece] {
            bucket < buckets[process].count ? buckets[process][bucket] : []
        }
        var outgoing: [Message] = []
        for peer in processes.peers {
            for piece in pieces(of: peer) {
                guard let gradient = gradients[piece.parameter] else { continue }
                outgoing.append(Message(peer: peer, gradient, piece.elements))
            }
        }
        let mine = pieces(of: processes.rank)
        if received.isEmpty {
            received = (0..<processes.size).map {
                Tensor(zeroRows: 1, columns: $0 == processes.rank ? 0 : Self.elementsPerBucket)
            }
        }
        var incoming: [Message] = []
        for peer in processes.peers {
            var place = 0
            for piece in mine where used[peer][piece.parameter] {
                incoming.append(Message(peer: peer, received[peer], place..<place + piece.elements.count))
                place += piece.elements.count
            }
        }
        try processes.exchange(outgoing, incoming, isWaiting: false)
        var places = Array(repeating: 0, count: processes.size)
        for piece in mine {
            var isFirst = !hasSum[piece.parameter]
            let index = piece.elements.lowerBound - own[piece.parameter].lowerBound
            for process in 0..<processes.size where used[process][piece.parameter] {
                if process == processes.rank, let gradient = gradients[piece.parameter] {
                    add(gradient, piece.elements, toPieceOf: piece.parameter, at: index, isFirst: isFirst)
                } else {
                    let range = places[process]..<places[process] + piece.elements.count
                    add(received[process], range, toPieceOf: piece.parameter, at: index, isFirst: isFirst)
                    places[process] = range.upperBound
                }
                isFirst = false
            }
        }
    }

    private mutating func add(
        _ source: Tensor, _ range: Range<Int>, toPieceOf parameter: Int, at index: Int, isFirst: Bool
    ) {
        let sum = memory(of: parameter)
        parameters[parameter].compute.gather(source, range, into: sum, at: index, adding: !isFirst)
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

    /// Brings the weights that each process has updated to all others.
    ///
    /// - Parameter parts: those that were updated.
    func shareWeights(_ parts: [GradientPart?]) throws(ProcessGroupError) {
        if processes.size == 1 { return }
        for bucket in 0..<(buckets.map(\.count).max() ?? 0) {
            func messages(_ peer: Int, of owner: Int) -> [Message] {
                guard bucket < buckets[owner].count else { return [] }
                return buckets[owner][bucket].filter { parts[$0.parameter] != nil }.map {
                    Message(peer: peer, parameters[$0.parameter].values, $0.elements)
                }
            }
            try processes.exchange(
                processes.peers.flatMap { messages($0, of: processes.rank) },
                processes.peers.flatMap { messages($0, of: $0) }, isWaiting: false)
        }
    }
}

extension Parameter {
    /// Whether a batch uses the parameter in a single operation: a weight matrix of a block, unlike the head.
    fileprivate var isUsedOnce: Bool { rows > 1 && name.contains(".layers.") }
}
