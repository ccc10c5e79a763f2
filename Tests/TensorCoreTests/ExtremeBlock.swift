import TensorCore

/// A block of smallest and largest codes with halves of 1 (a Q4_1 or Q5_1 minimum is -3), and the largest scales, or
/// the smallest ones if they have signs.
struct ExtremeBlock {
    private let isLarge: (Int) -> Bool
    private let scaleIsLarge: Bool

    init(_ isLarge: @escaping (Int) -> Bool, _ scaleIsLarge: Bool) {
        self.isLarge = isLarge
        self.scaleIsLarge = scaleIsLarge
    }

    func bytes(_ dtype: DType) -> [UInt8] {
        let one: [UInt8] = [0x00, 0x3c], minusThree: [UInt8] = [0x00, 0xc2]
        let nibbles = codes(bits: 4, count: 16, distance: 16), fifthBits = codes(bits: 1, count: 4, distance: 1)
        let twoBits = codes(bits: 2, count: 64, distance: 32), highBits = codes(bits: 1, count: 32, distance: 32)
        return switch dtype {
        case .q8_0: one + (0..<32).map { isLarge($0) ? 127 : 128 }
        case .q4_0, .iq4_NL: one + nibbles
        case .q4_1: one + minusThree + nibbles
        case .q5_0: one + fifthBits + nibbles
        case .q5_1: one + minusThree + fifthBits + nibbles
        // The codes 7 and 15 are 12 and -12, and the exponent's scale is 1.
        case .mxfp4: [128] + nibbles.map { $0 | 0x77 }
        case .q4_K: one + one + bytes(0xff, 12) + codes(bits: 4, count: 128, distance: 32)
        case .q5_K: one + one + bytes(0xff, 12) + highBits + codes(bits: 4, count: 128, distance: 32)
        case .q6_K: codes(bits: 4, count: 128, distance: 64) + twoBits + bytes(scaleIsLarge ? 127 : 128, 16) + one
        // Six bits, less 32.
        case .q3_K: highBits + twoBits + bytes(scaleIsLarge ? 0xff : 0, 12) + one
        case .q2_K: bytes(0xff, 16) + twoBits + one + one
        case .iq4_XS: one + bytes(scaleIsLarge ? 0xff : 0, 6) + codes(bits: 4, count: 128, distance: 16)
        case .f32, .f16, .bf16: []
        }
    }

    private func bytes(_ byte: UInt8, _ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }

    /// Codes with all bits set or none. Those in one byte belong to elements at a `distance`.
    private func codes(bits: Int, count: Int, distance: Int) -> [UInt8] {
        let fields = 8 / bits
        return (0..<count).map { byte in
            (0..<fields).reduce(0) { result, field in
                let element = byte / distance * distance * fields + byte % distance + field * distance
                return result | (isLarge(element) ? UInt8((1 << bits - 1) << (field * bits)) : 0)
            }
        }
    }
}
