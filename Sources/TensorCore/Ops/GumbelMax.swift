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
    /// score; ties to the lowest column. nil where no score exceeds -100: `maximum` itself, whose noise is above -4,
    /// belongs to none of these columns then, and whichever has it wins.
    ///
    /// Noise takes two logarithms. A kernel, rounding as f32 does, finds the few columns whose noise could be large
    /// enough; only they are scored, in full precision.
    package func gumbelMax(
        _ x: Tensor, maximum: Double, temperature: Float, _ random: CounterRandom
    ) -> (column: Int, score: Double)? {
        precondition(x.rows == 1, "a row")
        // Rounding moves scores that matter by less than a thousandth; but for that of the maximum, where a penalty has
        // made it a number that f32 does not have.
        let slack = 1e-3 + 1.01 * abs(maximum - Double(Float(maximum))) / Double(temperature)
        var best: Int?
        var highest = -100.0
        for first in stride(from: 0, to: x.columns, by: Columns.count) {
            let values = x.pointer + first
            let contenders = kernels.functions.pointee.gumbel_contenders(
                values, min(Columns.count, x.columns - first), Float(maximum), temperature, Float(highest - slack),
                random.key, UInt64(first))
            for index in Columns(bits: contenders) {
                let column = first + index
                let noise = GumbelNoise.value(random[UInt64(column)])
                let score = (Double(values[index]) - maximum) / Double(temperature) + noise
                if score > highest { (best, highest) = (column, score) }
            }
        }
        return best.map { ($0, highest) }
    }
}

/// Gumbel(0, 1) noise made of 64 random bits, which stand for 1 - u: -ln(-ln u).
package enum GumbelNoise {
    package static func value(_ bits: UInt64) -> Double { -log(-log1p(-CounterRandom.uniform(bits: bits))) }
}
