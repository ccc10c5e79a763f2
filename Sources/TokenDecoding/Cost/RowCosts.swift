/// Estimates how long a pass takes by its number of rows, from passes that were measured while decoding.
///
/// An estimate is a value for the number of rows times a common factor. The factor follows a machine that becomes
/// faster or slower, so numbers of rows that were measured long ago still compare fairly with today's.
struct RowCosts: Sendable {
    /// By the number of rows; 0 if never measured.
    private var values = Array(repeating: 0.0, count: mostRows + 1)
    private var counts = Array(repeating: 0, count: mostRows + 1)
    /// The numbers of rows that were measured, in ascending order: few, while there are many to estimate in each round.
    private var measured: [Int] = []
    /// Whether a number of rows has been measured ``firstMeasurements`` times.
    private var isAnyProven = false
    /// The least that each row after the first added to a pass, and the number of passes that were compared.
    private var slope = (least: Double.infinity, count: 0)
    private var factor = 1.0
    /// What each further row of a long pass adds; nil if none was measured.
    private var valuePerRow: Double?

    /// Counts a measured pass.
    mutating func count(rows: Int, seconds: Double) {
        guard rows > 0, seconds > 0 else { return }
        guard rows <= Self.mostRows else { return countLong(rows: rows, seconds: seconds) }
        counts[rows] += 1
        if counts[rows] == 1 { measured.insert(rows, at: measured.firstIndex { $0 > rows } ?? measured.count) }
        if counts[rows] == Self.firstMeasurements { isAnyProven = true }
        if rows > 1, counts[1] > 0 {
            slope.least = min(slope.least, slope(to: seconds / factor, rows: rows))
            slope.count += 1
        }
        if counts[rows] == 1 {
            values[rows] = seconds / factor
        } else if counts[rows] <= Self.firstMeasurements {
            // The first passes of a kind also load code and memory, so the fastest of them counts.
            values[rows] = min(values[rows], seconds / factor)
        } else {
            // Another program may have interrupted a pass, so a single one changes little.
            let change = max(0.5, min(seconds / (factor * values[rows]), 2))
            let part = 1 + Self.rate * (change - 1)
            factor *= part
            values[rows] *= part
        }
    }

    /// Counts a part of a prompt, whose duration in units of its rows is that of a further row.
    mutating func countLong(rows: Int, seconds: Double) {
        guard rows >= Self.leastLongRows, seconds > 0 else { return }
        let value = seconds / Double(rows) / factor
        valuePerRow = valuePerRow.map { min($0, value) } ?? value
    }

    /// Whether a pass over so many rows was measured.
    func hasMeasured(rows: Int) -> Bool { rows < counts.count && counts[rows] > 0 }

    /// Returns the expected seconds of a pass over some rows; nil if no short pass was measured.
    ///
    /// A first measurement that is slower than expected counts only if other passes do not disagree. Otherwise one
    /// interrupted pass would look so slow that no such pass ran again, and it would never be corrected.
    func seconds(rows: Int) -> Double? {
        precondition(rows >= 1, "a pass has rows")
        guard let expected = expected(rows: rows) else { return nil }
        guard rows < values.count, values[rows] > 0 else { return expected }
        return min(expected, factor * values[rows])
    }

    /// Returns what the measurements say that count.
    private func expected(rows: Int) -> Double? {
        // The nearest proven ones.
        var (below, above) = (0, values.count)
        for number in measured where isProven(rows: number) {
            if number > rows {
                above = number
                break
            }
            below = number
        }
        if below == rows { return factor * values[rows] }
        switch (below > 0, above < values.count) {
        case (true, true):
            let share = Double(rows - below) / Double(above - below)
            return factor * (values[below] + share * (values[above] - values[below]))
        case (true, false):
            return factor * (values[below] + Double(rows - below) * further(than: values[below] / Double(below)))
        case (false, true):
            let missing = Double(above - rows) * further(than: values[above] / Double(above))
            return factor * max(values[above] - missing, values[above] * Double(rows) / Double(above))
        case (false, false): return nil
        }
    }

    /// Whether a number of rows was measured often enough, or a further row added about as little as in the best of
    /// several passes.
    private func isProven(rows: Int) -> Bool {
        guard counts[rows] > 0 else { return false }
        guard isAnyProven, counts[rows] < Self.firstMeasurements else { return true }
        return rows > 1 && slope.count > 1 && counts[1] > 0
            && slope(to: values[rows], rows: rows) <= Self.agreeingRatio * slope.least
    }

    /// What each row after the first adds to a pass.
    private func slope(to value: Double, rows: Int) -> Double { max(0, value - values[1]) / Double(rows - 1) }

    /// What a further row adds: that of a long pass, or a tenth of a row of the measured pass, but not more than that
    /// row.
    private func further(than row: Double) -> Double { min(valuePerRow ?? Self.nominalShare * row, row) }

    /// Longer passes are parts of prompts.
    private static let mostRows = 160
    private static let leastLongRows = 32
    private static let firstMeasurements = 3
    private static let agreeingRatio = 1.5
    /// The share of a change that is taken over, both by the factor and by the value.
    private static let rate = 0.1
    private static let nominalShare = 0.1
}
