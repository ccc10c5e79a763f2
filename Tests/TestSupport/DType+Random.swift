package import TensorCore

extension DType {
    /// Random bytes for `count` blocks of a quantized format, except for scales, which are small: halves are about 2^-13,
    /// and MXFP4's scales at most 1/2.
    package func randomBlocks(_ count: Int, seed: UInt64) -> [UInt8] {
        precondition(isQuantized, "any bytes of \(rawValue) may be infinite")
        var generator = SeededGenerator(seed: seed)
        var bytes = (0..<count * bytesPerBlock).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for start in stride(from: 0, to: bytes.count, by: bytesPerBlock) {
            for half in halfOffsets { bytes[start + half + 1] = 0x08 }
            if self == .mxfp4 { bytes[start] = 120 + bytes[start] % 8 }
        }
        return bytes
    }
}
