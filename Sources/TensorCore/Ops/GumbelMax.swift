import CTensorKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension ComputeContext {
    /// The column of a row [1, columns] with the largest score (value - maximum) / temperature + Gumbel noise, and that
    /// score; ties to the lowest column. -infinity never wins: nil where there is nothing else.
    ///
    /// Noise takes two logarithms. A kernel, rounding as f32 does, finds the few columns whose noise could be large
    /// enough; only they are scored, in full precision.
    package func gumbelMax(
        _ x: Tensor, maximum: Double, temperature: Float, _ random: CounterRandom
    ) -> (column: Int, score: Double)? {
        precondition(x.rows == 1, "a row")
        // Rounding moves scores of any consequence, below 100, by less than a thousandth; but for that of the maximum,
        // where a penalty has made it a number that f32 does not have.
        let slack = 1e-3 + 1.01 * abs(maximum - Double(Float(maximum))) / Double(temperature)
        var best: (column: Int, score: Double)?
        for first in stride(from: 0, to: x.columns, by: Columns.count) {
            let values = x.pointer + first
            let contenders = kernels.functions.pointee.gumbel_contenders(
                values, min(Columns.count, x.columns - first), Float(maximum), temperature,
                best.map { Float($0.score - slack) } ?? -.greatestFiniteMagnitude, random.key, UInt64(first))
            for index in Columns(bits: contenders) where values[index] > -.infinity {
                let column = first + index
                let score =
                    (Double(values[index]) - maximum) / Double(temperature)
                    + GumbelNoise.value(random[UInt64(column)])
                if best.map({ score > $0.score }) ?? true { best = (column, score) }
            }
        }
        return best
    }
}

/// Gumbel(0, 1) noise made of 64 random bits, which stand for 1 - u: -ln(-ln u).
package enum GumbelNoise {
    package static func value(_ bits: UInt64) -> Double { -log(-log1p(-CounterRandom.uniform(bits: bits))) }
}
