import TensorCore

/// A block of one of the formats with parts of codes in several places, read bit by bit as llama.cpp documents them.
struct NaiveBlock {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func values(_ dtype: DType) -> [Float] {
        switch dtype {
        case .q5_0: return codes(5).map { half(0) * Float($0 - 16) }
        case .q5_1: return codes(5).map { half(0) * Float($0) + half(2) }
        case .iq4_NL: return codes(4, at: 2).map { half(0) * Self.denserNearZero[$0] }
        case .mxfp4:
            // Half of 2^(e - 127), because the values are doubled.
            let scale = Float(sign: .plus, exponent: Int(bytes[0]) - 128, significand: 1)
            return codes(4, at: 1).map { scale * Self.doubledFP4[$0] }
        case .q4_K, .q5_K:
            return (0..<256).map { i in
                let (scale, minimum) = sixBitPair(i / 32)
                let place = (dtype == .q4_K ? 16 : 48) + i / 64 * 32 + i % 32
                let upper = dtype == .q5_K ? bits(1, at: 16 + i % 32, from: i / 32) : 0
                let code = bits(4, at: place, from: i / 32 % 2 * 4) + 16 * upper
                return half(0) * Float(scale) * Float(code) - half(2) * Float(minimum)
            }
        case .q6_K:
            return (0..<256).map { i in
                let (part, k) = (i / 128, i % 128)
                let lower = bits(4, at: 64 * part + k % 64, from: k / 64 * 4)
                let upper = bits(2, at: 128 + 32 * part + k % 32, from: k / 32 * 2)
                let scale = Float(Int8(bitPattern: bytes[192 + i / 16]))
                return half(208) * scale * Float(lower + 16 * upper - 32)
            }
        case .q3_K:
            return (0..<256).map { i in
                let s = i / 16
                let scale =
                    bits(4, at: 96 + s % 8, from: s / 8 * 4) + 16 * bits(2, at: 104 + s % 4, from: s / 4 * 2) - 32
                let code = twoBits(i, at: 32) + 4 * bits(1, at: i % 32, from: i / 32) - 4
                return half(108) * Float(scale) * Float(code)
            }
        case .q2_K:
            return (0..<256).map { i in
                let (scale, minimum) = (bits(4, at: i / 16, from: 0), bits(4, at: i / 16, from: 4))
                return half(80) * Float(scale) * Float(twoBits(i, at: 16)) - half(82) * Float(minimum)
            }
        case .iq4_XS:
            return (0..<256).map { i in
                let j = i / 32
                let scale = bits(4, at: 4 + j / 2, from: j % 2 * 4) + 16 * bits(2, at: 2 + j / 4, from: j % 4 * 2) - 32
                let code = bits(4, at: 8 + 16 * j + i % 16, from: i / 16 % 2 * 4)
                return half(0) * Float(scale) * Self.denserNearZero[code]
            }
        case .f32, .f16, .bf16, .q8_0, .q4_0, .q4_1: preconditionFailure("\(dtype) is read by Naive")
        }
    }

    private static let denserNearZero: [Float] = [
        -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
    ]
    private static let doubledFP4: [Float] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]

    private func half(_ place: Int) -> Float { Naive.half(UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8) }

    private func bits(_ count: Int, at place: Int, from bit: Int) -> Int {
        Int(bytes[place] >> bit) & ((1 << count) - 1)
    }

    /// Codes of 32 elements at the block's end: nibbles and, for five bits, a word of the fifth bits before them.
    private func codes(_ width: Int, at place: Int? = nil) -> [Int] {
        let place = place ?? bytes.count - 16
        return Naive.nibbles(bytes[place...]).enumerated().map { i, low in
            width == 4 ? low : low + 16 * bits(1, at: place - 4 + i / 8, from: i % 8)
        }
    }

    /// A code of two bits: 32 adjacent elements have the same bits of 32 adjacent bytes.
    private func twoBits(_ i: Int, at place: Int) -> Int {
        bits(2, at: place + i / 128 * 32 + i % 32, from: i % 128 / 32 * 2)
    }

    /// Scale and minimum j of Q4_K and Q5_K: six bits each, the last four pairs in two parts.
    private func sixBitPair(_ j: Int) -> (Int, Int) {
        if j < 4 { return (bits(6, at: 4 + j, from: 0), bits(6, at: 8 + j, from: 0)) }
        return (
            bits(4, at: 8 + j, from: 0) + 16 * bits(2, at: j, from: 6),
            bits(4, at: 8 + j, from: 4) + 16 * bits(2, at: 4 + j, from: 6)
        )
    }
}
