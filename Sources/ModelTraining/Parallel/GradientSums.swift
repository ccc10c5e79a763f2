import TensorCore

/// The sums of a step's gradients over its groups, of which this process has its part. One thread at a time may use it.
///
/// Groups are added in order: ((g0 + g1) + g2) + ... A parameter that a group did not use is left out of the sum, and
/// one that no group used has no sum.
final class GradientSums: @unchecked Sendable {
    private let parameters: [Parameter]
    /// This process's part of each parameter.
    let own: [Range<Int>]
    /// nil before the first use.
    private var memory: [Tensor?]
    /// The number of the first group of this step, or of one of each process, that has used the parameter.
    private var firstGroup: [Int?]

    init(_ parameters: [Parameter], own: [Range<Int>]) {
        self.parameters = parameters
        self.own = own
        memory = Array(repeating: nil, count: parameters.count)
        firstGroup = memory.map { _ in nil }
    }

    /// Forgets the sums of the step before, but keeps their memory.
    func begin() { firstGroup = memory.map { _ in nil } }

    /// Notes that a group uses a parameter.
    func use(_ index: Int, by group: Int) { firstGroup[index] = firstGroup[index] ?? group }

    /// Whether a group before another one has used a parameter.
    func hasSum(_ index: Int, before group: Int = .max) -> Bool { firstGroup[index].map { $0 < group } ?? false }

    /// The memory of the part of a parameter's sum.
    func sum(_ index: Int) -> Tensor {
        if let sum = memory[index] { return sum }
        let (parameter, count) = (parameters[index], own[index].count)
        let isWhole = count == parameter.count
        let sum = Tensor(zeroRows: isWhole ? parameter.rows : 1, columns: isWhole ? parameter.columns : count)
        memory[index] = sum
        return sum
    }

    /// The part of a parameter's sum; nil if it has none.
    func part(_ index: Int) -> GradientPart? {
        hasSum(index) ? GradientPart(own[index], sum: sum(index)) : nil
    }
}
