/// How likely a model finds the choices of an item, at each exit.
package struct ChoiceScores: Sendable, Equatable {
    /// The loss of each choice together, in nats: by exit, then by choice.
    package let losses: [[Double]]
    /// The number of bytes of each choice.
    package let byteCounts: [Int]

    /// Creates scores.
    package init(losses: [[Double]], byteCounts: [Int]) {
        self.losses = losses
        self.byteCounts = byteCounts
    }

    /// The choice with the smallest loss at an exit, the first of several equal ones.
    package func likeliest(exit index: Int) -> Int { Self.smallest(losses[index]) }

    /// The choice with the smallest loss per byte at an exit, which does not favour short ones.
    package func likeliestPerByte(exit index: Int) -> Int {
        Self.smallest(zip(losses[index], byteCounts).map { $0 / Double($1) })
    }

    private static func smallest(_ numbers: [Double]) -> Int {
        numbers.indices.min { numbers[$0] < numbers[$1] } ?? 0
    }
}
