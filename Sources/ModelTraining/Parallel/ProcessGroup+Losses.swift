extension ProcessGroup {
    /// The sum of the losses of all groups, in the groups' order.
    ///
    /// - Parameter own: the losses of this process's groups; all processes have as many.
    func sum(_ own: [Objective.Losses]) throws(ProcessGroupError) -> Objective.Losses {
        let all = try collect(own.flatMap { [$0.total, $0.last] })
        var sum = Objective.Losses()
        for group in own.indices {
            for numbers in all { sum += Objective.Losses(total: numbers[2 * group], last: numbers[2 * group + 1]) }
        }
        return sum
    }
}
