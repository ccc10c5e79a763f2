/// The gradients of a batch that consists of several groups.
extension Parameter {
    /// Adds the gradients of the next batch's groups to a sum, one group after the other. The batch must use the
    /// parameter in a single operation.
    ///
    /// - Parameter isAdding: whether the first one is added to the sum's values or replaces them.
    package func addGroups(_ count: Int, to sum: Tensor, isAdding: Bool) {
        precondition(sum.rows == rows && sum.columns == columns, "a sum of the parameter's shape")
        values.node?.separate(GroupGradients(.sum(sum, isAdding: isAdding), count: count))
    }

    /// Computes the gradients of the next batch's groups when they are asked for. The batch must use the parameter in a
    /// single operation, whose inputs are kept until the gradient is discarded.
    package func postponeGroups(_ count: Int) { values.node?.separate(GroupGradients(.later, count: count)) }

    /// Keeps a gradient for each of the next batch's groups.
    package func separateGroups(_ count: Int) { values.node?.separate(GroupGradients(.separate, count: count)) }

    /// Calls a function during the backward pass, after each operation that adds to the gradient, until the gradient is
    /// discarded.
    package func onGradient(_ body: @escaping () -> Void) { values.node?.onGradient(body) }

    /// Whether one of the batch's groups has a gradient, or has added it to a sum.
    package func isUsed(byGroup group: Int) -> Bool { values.node?.usedGroups.map { $0[group] } ?? (gradient != nil) }

    /// The gradient of one of the batch's groups, valid until that of another group is asked for; nil if there is none,
    /// or if it has been added to a sum. If the batch's groups are not separate, it is the whole gradient.
    package func gradient(ofGroup group: Int) -> Tensor? { values.node?.gradient(ofGroup: group) }
}
