import TensorCore

/// Formats read exactly as the GGUF specification says, with none of the kernels' code.
enum Naive {
    /// An IEEE 754 half, decoded by its definition in software, since Swift has no Float16 on Intel Macs.
    static func half(_ bits: UInt16) -> Float {
        let sign: Float = bits >> 15 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 31)
        let fraction = Float(bits & 1023)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (1 + fraction / 1024) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }

    /// Rounds to bfloat16, to nearest, ties to even.
    static func bfloat16(_ value: Float) -> Float {
        guard value.isFinite else { return value }
        let lower = Float(bitPattern: value.bitPattern & 0xffff_0000)
        let upper = Float(bitPattern: lower.bitPattern &+ 0x1_0000)
        let below = (Double(value) - Double(lower)).magnitude
        let above = (upper.isFinite ? Double(upper) - Double(value) : 0x1p128 - Double(value.magnitude)).magnitude
        if below != above { return below < above ? lower : upper }
        return lower.bitPattern >> 16 & 1 == 0 ? lower : upper
    }

    /// All elements of blocks in their file format.
    static func dequantized(_ bytes: [UInt8], _ dtype: DType) -> [Float] {
        stride(from: 0, to: bytes.count, by: dtype.bytesPerBlock).flatMap { start in
            block(Array(bytes[start..<start + dtype.bytesPerBlock]), dtype)
        }
    }

    static func block(_ bytes: [UInt8], _ dtype: DType) -> [Float] {
        let words = stride(from: 0, to: 4, by: 2).map { start in
            start + 1 < bytes.count ? UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8 : 0
        }
        switch dtype {
        case .f32: return [Float(bitPattern: UInt32(words[0]) | UInt32(words[1]) << 16)]
        case .f16: return [half(words[0])]
        case .bf16: return [Float(bitPattern: UInt32(words[0]) << 16)]
        case .q8_0: return bytes.dropFirst(2).map { half(words[0]) * Float(Int8(bitPattern: $0)) }
        case .q4_0: return nibbles(bytes.dropFirst(2)).map { half(words[0]) * Float($0 - 8) }
        case .q4_1: return nibbles(bytes.dropFirst(4)).map { half(words[0]) * Float($0) + half(words[1]) }
        default: return NaiveBlock(bytes).values(dtype)
        }
    }

    /// All low nibbles, then all high ones.
    static func nibbles(_ bytes: ArraySlice<UInt8>) -> [Int] {
        bytes.map { Int($0 & 15) } + bytes.map { Int($0 >> 4) }
    }
}
