import TensorCore

/// Consecutive sequences of a step that belong to one group.
struct GroupPart {
    let batch: TrainingBatch
    /// The number of the first sequence within the step.
    let first: Int
}

/// Parts of several groups that run as one batch.
struct PartsTogether {
    /// All sequences; nil if none has a scored target.
    let batch: TrainingBatch?
    /// The number of each sequence within the step.
    let numbers: [Int]
    /// The groups of the batch's sequences.
    private let sequences: RowGroups
    private let length: Int

    /// Joins parts. Those without scored targets are left out, since they have no gradient.
    init(_ parts: [GroupPart]) {
        let counts = parts.map { $0.batch.scoredCount > 0 ? $0.batch.sequences : 0 }
        let used = zip(parts, counts).filter { $1 > 0 }.map(\.0)
        numbers = used.flatMap { Array($0.first..<$0.first + $0.batch.sequences) }
        sequences = RowGroups(counts: counts)
        length = parts.first?.batch.length ?? 0
        let documents = used.compactMap(\.batch.documents)
        batch =
            used.isEmpty
            ? nil
            : TrainingBatch(
                sequences: numbers.count, length: length, tokens: used.flatMap(\.batch.tokens),
                targets: used.flatMap(\.batch.targets), documents: documents.isEmpty ? nil : Array(documents.joined()))
    }

    /// The groups of the batch's rows.
    var groups: RowGroups { RowGroups(counts: sequences.ranges.map { $0.count * length }) }

    /// The groups of the rows of some of the batch's sequences, in ascending order.
    func groups(of kept: [Int]) -> RowGroups {
        RowGroups(counts: sequences.ranges.map { range in kept.count { range.contains($0) } * length })
    }

    /// The groups of some of the batch's rows, in ascending order.
    func groups(ofRows rows: [Int32]) -> RowGroups {
        RowGroups(counts: groups.ranges.map { range in rows.count { range.contains(Int($0)) } })
    }
}
