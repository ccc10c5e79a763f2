import CTensorKernels
import CLibc

extension ComputeContext {
    /// Returns the column of a row [1, columns] with the largest score, and that score; ties go to the lowest column.
    /// The score is (value - maximum) / temperature + Gumbel noise.
    ///
    /// Returns nil if no score exceeds -100. Then none of these columns has the value `maximum`, since noise is above
    /// -4, and the column that has it wins.
    ///
    /// Noise takes two logarithms. A kernel finds in f32 the few columns whose noise could be large enough; only these
    /// are scored in full precision.
    package func gumbelMax(
        _ x: Tensor, maximum: Double, temperature: Float, _ random: CounterRandom
    ) -> (column: Int, score: Double)? {
        precondition(x.rows == 1, "a row")
        // Rounding changes relevant scores by less than a thousandth. The exception is a maximum that a penalty has
        // made a number that f32 cannot represent.
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

/// Gumbel(0, 1) noise, -ln(-ln u), where 64 random bits represent 1 - u.
package enum GumbelNoise {
    package static func value(_ bits: UInt64) -> Double { -log(-log1p(-CounterRandom.uniform(bits: bits))) }
}
