/// All decimal digits of a finite number, so that it can be rounded correctly at any of them.
struct ExactDecimal {
    /// Digits, the highest first, without zeros at the start.
    private(set) var digits: [UInt8]
    /// How many of the digits follow the point.
    private(set) var fractionCount: Int

    /// Expands a number that is not negative: a significand times a power of two.
    init(_ value: Double) {
        var (significand, power) = Self.parts(value)
        let zeros = min(significand.trailingZeroBitCount, max(0, -power))
        (significand, power) = (significand >> UInt64(zeros), power + zeros)
        // Nine digits each, the lowest first.
        var parts = [significand % Self.base, significand / Self.base]
        fractionCount = max(0, -power)
        while power > 0 {
            Self.multiply(&parts, by: 1 << UInt64(min(power, 30)))
            power -= min(power, 30)
        }
        while power < 0 {
            // Halving is multiplying by five and moving the point.
            Self.multiply(&parts, by: (0..<min(-power, 13)).reduce(1) { factor, _ in factor * 5 })
            power += min(-power, 13)
        }
        digits = []
        for part in parts.reversed() {
            var divisor = Self.base / 10
            while divisor > 0 {
                digits.append(UInt8(part / divisor % 10))
                divisor /= 10
            }
        }
        trim()
    }

    private static let base: UInt64 = 1_000_000_000

    private static func parts(_ value: Double) -> (significand: UInt64, power: Int) {
        let bits = value.bitPattern
        let field = Int(bits >> 52 & 0x7FF)
        let fraction = bits & 0xF_FFFF_FFFF_FFFF
        return (field == 0 ? fraction : fraction | 1 << 52, max(field, 1) - 1075)
    }

    private static func multiply(_ parts: inout [UInt64], by factor: UInt64) {
        var carry: UInt64 = 0
        for index in parts.indices {
            let product = parts[index] * factor + carry
            parts[index] = product % base
            carry = product / base
        }
        while carry > 0 {
            parts.append(carry % base)
            carry /= base
        }
    }

    /// The steps that expanding a number counts for.
    static func steps(_ value: Double) -> Int { 16 + abs(parts(value.magnitude).power + 52) / 8 }

    private mutating func trim() {
        while fractionCount > 0, digits.last == 0 {
            digits.removeLast()
            fractionCount -= 1
        }
        digits.removeFirst(digits.prefix { $0 == 0 }.count)
    }

    /// The power of ten of the first digit.
    var exponent: Int { digits.isEmpty ? 0 : digits.count - fractionCount - 1 }

    /// The digits up to the one of this power of ten, rounded half to even, as text; the first one's power of ten.
    func rounded(to power: Int) -> (digits: [UInt8], exponent: Int) {
        let lowest = -fractionCount
        guard power > lowest else {
            let zeros = [UInt8](repeating: 0, count: lowest - power)
            return ((digits + zeros).map { $0 + UInt8(ascii: "0") }, exponent)
        }
        let kept = max(0, digits.count - (power - lowest))
        var result = Array(digits[..<kept])
        if roundsUp(at: digits.count - (power - lowest), last: result.last ?? 0) {
            var index = result.count - 1
            while index >= 0, result[index] == 9 {
                result[index] = 0
                index -= 1
            }
            if index >= 0 { result[index] += 1 } else { result.insert(1, at: 0) }
        }
        return (result.map { $0 + UInt8(ascii: "0") }, power + result.count - 1)
    }

    private func roundsUp(at index: Int, last: UInt8) -> Bool {
        guard index >= 0, index < digits.count else { return false }
        if digits[index] != 5 { return digits[index] > 5 }
        return digits[(index + 1)...].contains { $0 != 0 } || last % 2 == 1
    }

    /// The number with this many digits after the point.
    func fixed(_ fraction: Int) -> String {
        let (digits, exponent) = rounded(to: -fraction)
        guard digits.contains(where: { $0 != UInt8(ascii: "0") }) else {
            return PythonNumber.plain([UInt8(ascii: "0")], 0, minimumFraction: fraction)
        }
        return PythonNumber.plain(digits, exponent, minimumFraction: fraction)
    }

    /// The first digits, as many as given, with the power of ten of the first one.
    func significant(_ count: Int) -> (digits: [UInt8], exponent: Int) {
        guard !digits.isEmpty else { return ([UInt8](repeating: UInt8(ascii: "0"), count: count), 0) }
        let (rounded, exponent) = rounded(to: exponent - count + 1)
        return (Array(rounded.prefix(count)), exponent)
    }
}
