import CLibc

/// An axis of a chart: a range of values with round numbers as ticks.
struct Axis: Equatable {
    let range: ClosedRange<Double>
    /// Round numbers within the range, ascending.
    let ticks: [Double]

    /// - Parameter parts: the approximate number of parts between ticks.
    init(_ range: ClosedRange<Double>, parts: Int) {
        // A range of a single value needs a height, too.
        let size = range.upperBound - range.lowerBound
        let slack = size > 0 ? 0 : max(abs(range.lowerBound) * 0.1, 1e-6)
        self.range = range.lowerBound - slack...range.upperBound + slack
        let step = Self.roundStep((self.range.upperBound - self.range.lowerBound) / Double(parts))
        let first = (self.range.lowerBound / step).rounded(.up)
        let last = (self.range.upperBound / step).rounded(.down)
        ticks = first <= last ? stride(from: first, through: last, by: 1).map { $0 * step } : []
    }

    /// Returns a value's position on the axis, from 0 at the lower end to 1 at the upper.
    func share(_ value: Double) -> Double { (value - range.lowerBound) / (range.upperBound - range.lowerBound) }

    /// Returns 1, 2, 2.5 or 5 times a power of ten that is at least `size`.
    private static func roundStep(_ size: Double) -> Double {
        let power = pow(10, floor(log10(size)))
        let digit = [1.0, 2, 2.5, 5, 10].first { $0 * power >= size * 0.999 } ?? 10
        return digit * power
    }
}
