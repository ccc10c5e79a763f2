/// All decimal digits of a finite number, so that it can be rounded correctly at any of them.
struct ExactDecimal {
    /// Digits, the highest first, without zeros at the start.
    private(set) var digits: [UInt8]
    /// How many of the digits follow the point.
    private(set) var fractionCount: Int

    /// Expands a number that is not negative: a significand times a power of two, doubled or halved digit by digit.
    init(_ value: Double) {
        let bits = value.bitPattern
        let field = Int(bits >> 52 & 0x7FF)
        let significand = field == 0 ? bits & 0xF_FFFF_FFFF_FFFF : bits & 0xF_FFFF_FFFF_FFFF | 1 << 52
        var power = max(field, 1) - 1075
        digits = String(significand).utf8.map { $0 - UInt8(ascii: "0") }
        fractionCount = 0
        while power > 0 {
            multiply(by: 2)
            power -= 1
        }
        while power < 0 {
            // Halving is multiplying by five and dividing by ten.
            multiply(by: 5)
            fractionCount += 1
            power += 1
        }
        trim()
    }

    private mutating func multiply(by factor: UInt8) {
        var carry: UInt8 = 0
        for index in digits.indices.reversed() {
            let product = digits[index] * factor + carry
            digits[index] = product % 10
            carry = product / 10
        }
        if carry > 0 { digits.insert(carry, at: 0) }
    }

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
