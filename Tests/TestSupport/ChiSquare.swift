import CLibc

/// Pearson's chi-square test of whether counts are samples of a distribution.
package enum ChiSquare {
    /// The probability that samples of the distribution deviate at least as much from it as these counts.
    ///
    /// Cells where fewer than `leastExpected` samples are expected are pooled, since the statistic follows the
    /// chi-square distribution only where counts are nearly normal. A sample in a cell of probability 0 gives 0.
    package static func pValue(counts: [Int], probabilities: [Double], leastExpected: Double = 5) -> Double {
        precondition(counts.count == probabilities.count)
        if zip(counts, probabilities).contains(where: { $0 > 0 && $1 == 0 }) { return 0 }
        let total = Double(counts.reduce(0, +))
        var cells: [(observed: Double, expected: Double)] = []
        var pool = (observed: 0.0, expected: 0.0)
        for (count, probability) in zip(counts, probabilities) {
            if probability * total >= leastExpected {
                cells.append((Double(count), probability * total))
            } else {
                pool.observed += Double(count)
                pool.expected += probability * total
            }
        }
        if pool.expected >= leastExpected || cells.isEmpty {
            cells.append(pool)
        } else {
            cells[0].observed += pool.observed
            cells[0].expected += pool.expected
        }
        let statistic = cells.reduce(0.0) { sum, cell in
            sum + (cell.observed - cell.expected) * (cell.observed - cell.expected) / cell.expected
        }
        return cells.count > 1 ? upperTail(statistic, degreesOfFreedom: cells.count - 1) : 1
    }

    /// The probability that a chi-square distributed number is at least `statistic`: Q(k / 2, x / 2), the regularized
    /// upper incomplete gamma function.
    package static func upperTail(_ statistic: Double, degreesOfFreedom: Int) -> Double {
        let a = Double(degreesOfFreedom) / 2
        let x = statistic / 2
        guard x > 0 else { return 1 }
        let scale = exp(a * log(x) - x - logGamma(halves: degreesOfFreedom))
        return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x)
    }

    /// gamma(a, x) / (x^a e^-x) as a power series, which converges quickly where x < a + 1 (DLMF 8.11.4).
    private static func lowerSeries(_ a: Double, _ x: Double) -> Double {
        var term = 1 / a
        var sum = term
        var n = a
        while term > sum * 1e-16 {
            n += 1
            term *= x / n
            sum += term
        }
        return sum
    }

    /// Gamma(a, x) / (x^a e^-x) as a continued fraction (DLMF 8.9.2), evaluated from the top by Lentz's method.
    private static func upperFraction(_ a: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var result = d
        for n in 1...100_000 {
            let numerator = -Double(n) * (Double(n) - a)
            b += 2
            d = numerator * d + b
            if abs(d) < tiny { d = tiny }
            c = b + numerator / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            result *= d * c
            if abs(d * c - 1) < 1e-15 { break }
        }
        return result
    }

    /// ln Gamma(n / 2), by Gamma(z + 1) = z Gamma(z) from Gamma(1) = 1 or Gamma(1/2) = sqrt(pi).
    private static func logGamma(halves n: Int) -> Double {
        var z = n.isMultiple(of: 2) ? 1 : 0.5
        var sum = n.isMultiple(of: 2) ? 0 : log(Double.pi) / 2
        while z < Double(n) / 2 {
            sum += log(z)
            z += 1
        }
        return sum
    }
}
