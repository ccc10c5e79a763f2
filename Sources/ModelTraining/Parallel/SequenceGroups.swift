/// The division of a step's sequences into groups, whose gradients are computed separately and then added in order.
///
/// The order of all additions depends on the groups alone, so the result's bits do not depend on the number of
/// processes that share the groups. Processes take turns: with two, the first has groups 0, 2, 4 and so on. After each
/// round their gradients are added to the sum of earlier rounds. So only two copies of the gradients exist, however
/// many groups there are.
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
}

extension TrainingRecipe {
    /// The number of groups of a new run.
    package var groupCount: Int { parallel.groups ?? min(8, batch.sequencesPerStep) }
}
