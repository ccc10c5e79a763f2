import CLibc

/// Returns the unscaled frequency of pair i of a head, in radians per position: base^(-2i / headDimension) (RoFormer,
/// arXiv 2104.09864, section 3.2.2).
func ropeFrequency(pair: Int, base: Double, headDimension: Int) -> Double {
    pow(base, -2 * Double(pair) / Double(headDimension))
}
