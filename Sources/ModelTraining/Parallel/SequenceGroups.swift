/// The division of a step's sequences into groups, whose gradients are computed separately and then added in order.
///
/// The order of all additions depends on the groups alone, so the result's bits do not depend on the number of
/// processes that share the groups. Processes take turns: with two, the first has groups 0, 2, 4 and so on.
struct SequenceGroups: Sendable {
    /// The number of groups.
    let count: Int
    /// The number of sequences of a step.
    let sequences: Int
    /// The number of sequences that run together.
    let sequencesPerBatch: Int

    /// The ranges of the step's sequences that a group's batches consist of.
    func batches(of group: Int) -> [Range<Int>] {
        let end = sequences * (group + 1) / count
        return stride(from: sequences * group / count, to: end, by: sequencesPerBatch).map {
            $0..<min($0 + sequencesPerBatch, end)
        }
    }

    /// The work of a process until it adds gradients to the sums: either one batch of one or several whole groups, or
    /// all batches of one group.
    struct Round: Sendable, Equatable {
        /// The number of groups, which is the same for all processes.
        let groups: Int
        /// The ranges of the step's sequences that run together, one for each group.
        let batches: [[Range<Int>]]
        /// Whether the groups share a batch, so that their gradients are made separately.
        var isShared: Bool { batches[0].count > 1 }
    }

    /// The rounds of a process. Small groups share a batch, because large batches are faster. A row's result does not
    /// depend on other rows, so this changes no bit.
    ///
    /// - Parameter most: the most groups whose gradients fit in memory together.
    func rounds(of process: Int, of processes: Int, most: Int) -> [Round] {
        let own = Array(stride(from: process, to: count, by: processes))
        let largest = (sequences + count - 1) / count
        // Of several processes, each keeps the batch's gradients with respect to activations, which take as much
        // memory as the activations, until it has sent the gradients of all groups.
        let limit = processes == 1 ? sequencesPerBatch : sequencesPerBatch / 2
        let together = max(1, min(most, limit / largest))
        let rounds = (own.count + together - 1) / together
        return (0..<rounds).map { round in
            let groups = own[own.count * round / rounds..<own.count * (round + 1) / rounds].map(batches)
            return Round(
                groups: groups.count, batches: groups.count == 1 ? groups[0].map { [$0] } : [groups.map { $0[0] }])
        }
    }
}

extension TrainingRecipe {
    /// The number of groups of a new run.
    package var groupCount: Int { parallel.groups ?? min(8, batch.sequencesPerStep) }
}
