/// v(n): the cost of a forward pass over n tokens with all n logits, in units of the cost of one token.
///
/// It decides whether speculation pays off: it cannot if v(n) is near n, and always does if v(n) is near 1.
public struct PassCosts: Sendable, Equatable {
    /// One point of the curve.
    public struct Point: Sendable, Equatable {
        /// n.
        public let tokens: Int
        /// v(n).
        public let cost: Double

        /// Creates a point: the cost of a pass over `tokens` tokens.
        public init(tokens: Int, cost: Double) {
            self.tokens = tokens
            self.cost = cost
        }
    }

    /// The measured points, in ascending order of tokens.
    public let points: [Point]

    /// Creates a curve through at least two points with different numbers of tokens.
    public init(_ points: [Point]) {
        precondition(points.count >= 2, "a curve has at least two points")
        self.points = points.sorted { $0.tokens < $1.tokens }
    }

    /// The largest number of tokens that was measured.
    public var longest: Int { points[points.count - 1].tokens }

    /// The cost of a pass over any number of tokens, interpolated linearly between the neighbouring measurements.
    public subscript(tokens: Int) -> Double {
        let above = points.firstIndex { $0.tokens >= tokens } ?? points.count - 1
        let (left, right) = (points[max(0, above - 1)], points[max(1, above)])
        let share = Double(tokens - left.tokens) / Double(right.tokens - left.tokens)
        return left.cost + share * (right.cost - left.cost)
    }
}
