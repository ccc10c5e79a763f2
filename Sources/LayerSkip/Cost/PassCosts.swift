/// v(n): what one forward pass over n tokens with all n logits costs, in units of what one token costs.
///
/// It decides whether speculation pays: with v(n) near n nothing can win, with v(n) near 1 all do.
public struct PassCosts: Sendable, Equatable {
    /// One point of the curve.
    public struct Point: Sendable, Equatable {
        /// n.
        public let tokens: Int
        /// v(n).
        public let cost: Double

        /// The cost of a pass over `tokens` tokens.
        public init(tokens: Int, cost: Double) {
            self.tokens = tokens
            self.cost = cost
        }
    }

    /// What was measured, in ascending order of tokens.
    public let points: [Point]

    /// A curve through at least two points, each with another number of tokens.
    public init(_ points: [Point]) {
        precondition(points.count >= 2, "a curve has at least two points")
        self.points = points.sorted { $0.tokens < $1.tokens }
    }

    /// The most tokens that a pass was measured for.
    public var longest: Int { points[points.count - 1].tokens }

    /// The cost of a pass over any number of tokens, on the line through the measured ones beside it.
    public subscript(tokens: Int) -> Double {
        let above = points.firstIndex { $0.tokens >= tokens } ?? points.count - 1
        let (left, right) = (points[max(0, above - 1)], points[max(1, above)])
        let share = Double(tokens - left.tokens) / Double(right.tokens - left.tokens)
        return left.cost + share * (right.cost - left.cost)
    }
}
