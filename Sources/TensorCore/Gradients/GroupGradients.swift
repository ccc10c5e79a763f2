/// A parameter's gradients of the groups of a batch.
struct GroupGradients {
    /// What becomes of the groups' gradients.
    enum Destination {
        /// Each group has a gradient of its own, of any number of contributions.
        case separate
        /// They are added to a sum, one group after the other. The parameter gets a single contribution.
        case sum(Tensor, isAdding: Bool)
        /// They are computed one at a time, when they are asked for. The parameter gets a single contribution.
        case later
    }

    /// Adds a contribution's rows of a range to `sum`, or replaces its values.
    typealias Contribution = (_ rows: Range<Int>, _ sum: Tensor, _ isAdding: Bool) -> Void

    let destination: Destination
    /// Which groups have a gradient.
    private(set) var used: [Bool]
    private var gradients: [Tensor?]
    private var contribution: (groups: RowGroups, body: Contribution)?

    init(_ destination: Destination, count: Int) {
        self.destination = destination
        used = Array(repeating: false, count: count)
        gradients = Array(repeating: nil, count: count)
    }

    /// Takes a contribution.
    ///
    /// - Parameters:
    ///   - mostRowsAtOnce: the most rows of which `body` adds a single sum to each element.
    ///   - memory: returns memory of the parameter's shape.
    mutating func accumulate(
        _ groups: RowGroups, mostRowsAtOnce: Int, on compute: ComputeContext, memory: () -> Tensor,
        _ body: @escaping Contribution
    ) {
        precondition(groups.count == used.count, "the groups of the batch")
        if case .separate = destination {
        } else {
            precondition(!used.contains(true), "a single contribution")
        }
        if case .later = destination { contribution = (groups, body) }
        var temporary: Tensor?
        for (group, rows) in groups.ranges.enumerated() where !rows.isEmpty {
            switch destination {
            case .separate:
                let gradient = gradients[group] ?? memory()
                body(rows, gradient, used[group])
                gradients[group] = gradient
            case .sum(let sum, let isAdding):
                let isAdding = isAdding || used.contains(true)
                if rows.count <= mostRowsAtOnce {
                    body(rows, sum, isAdding)
                } else {
                    // The group's gradient must be complete before it is added.
                    let gradient = temporary ?? memory()
                    temporary = gradient
                    body(rows, gradient, false)
                    compute.accumulate(gradient, into: sum, adding: isAdding)
                }
            case .later: break
            }
            used[group] = true
        }
    }

    /// Returns a group's gradient; nil if it has none, or if it has been added to a sum.
    ///
    /// - Parameter memory: where a gradient that is computed now goes.
    func gradient(of group: Int, memory: () -> Tensor) -> Tensor? {
        guard used[group], let (groups, body) = contribution else { return gradients[group] }
        let gradient = memory()
        body(groups.ranges[group], gradient, false)
        return gradient
    }
}
