#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Radians per position by which pair i of a head turns before any scaling: base^(-2i / headDimension) (RoFormer,
/// arXiv 2104.09864, section 3.2.2).
func ropeFrequency(pair: Int, base: Double, headDimension: Int) -> Double {
    pow(base, -2 * Double(pair) / Double(headDimension))
}
