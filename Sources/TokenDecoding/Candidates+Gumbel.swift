import LanguageModels
import TensorCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Candidates {
    /// A sample by the Gumbel-max trick: the argmax of log-probability + Gumbel noise, one noise value per token id.
    ///
    /// Two distributions that are nearly the same choose, with the same noise, nearly always the same token (Maddison
    /// et al., "A* Sampling", arXiv 1411.0030). Ties go to the lowest id.
    ///
    /// Noise is -ln(-ln u), u uniform in (0, 1): two logarithms per token, so it is only computed where it could be
    /// large enough to win.
    func gumbelMax(_ random: CounterRandom) -> Token {
        var winner = all[0].id
        var highest = -Double.infinity
        for candidate in all {
            let bits = random[UInt64(candidate.id)]
            // Addition rounds monotonically, so a token ruled out by its ceiling would have lost with its noise.
            guard candidate.logit + GumbelNoise.ceiling(bits) >= highest else { continue }
            let score = candidate.logit + GumbelNoise.value(bits)
            if score > highest || score == highest && candidate.id < winner {
                highest = score
                winner = candidate.id
            }
        }
        return winner
    }
}

/// Gumbel(0, 1) noise made of 64 random bits, which stand for 1 - u.
enum GumbelNoise {
    static func value(_ bits: UInt64) -> Double { -log(-log1p(-CounterRandom.uniform(bits: bits))) }

    /// An upper bound of `value`: -ln u >= 1 - u, hence noise <= -ln(1 - u) <= (leading zeros + 1) ln 2. The factor is
    /// a little above ln 2 = 0.6931, so that the rounding of `value` cannot lift it over its ceiling.
    static func ceiling(_ bits: UInt64) -> Double { Double(bits.leadingZeroBitCount + 1) * 0.694 }
}
