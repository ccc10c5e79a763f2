/// Numbers as Python writes them.
enum PythonNumber {
    /// The shortest text that reads as the same number.
    static func repr(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
        let (digits, exponent) = shortestDigits(value.magnitude)
        let sign = value < 0 ? "-" : ""
        if exponent < -4 || exponent >= 16 {
            return sign + scientific(digits, exponent, "e")
        }
        return sign + plain(digits, exponent, minimumFraction: 1)
    }

    /// The shortest digits of a positive number without zeros at the end, and the power of ten of the first.
    private static func shortestDigits(_ value: Double) -> (digits: [UInt8], exponent: Int) {
        var digits: [UInt8] = []
        var exponent = 0
        var point: Int?
        let text = Array("\(value)".utf8)
        let end = text.firstIndex(of: UInt8(ascii: "e")) ?? text.count
        for byte in text[..<end] {
            if byte == UInt8(ascii: ".") { point = digits.count } else { digits.append(byte) }
        }
        if end < text.count { exponent = Int(String(decoding: text[(end + 1)...], as: UTF8.self)) ?? 0 }
        exponent += (point ?? digits.count) - 1
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leading)
        exponent -= leading
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (digits, exponent)
    }

    /// Digits with a point after the first and an exponent of at least two digits.
    static func scientific(_ digits: [UInt8], _ exponent: Int, _ letter: String) -> String {
        var text = String(decoding: digits.prefix(1), as: UTF8.self)
        if digits.count > 1 { text += "." + String(decoding: digits.dropFirst(), as: UTF8.self) }
        let magnitude = String(exponent.magnitude)
        return text + letter + (exponent < 0 ? "-" : "+") + (magnitude.count < 2 ? "0" : "") + magnitude
    }

    /// Digits without an exponent; `exponent` is the power of ten of the first.
    static func plain(_ digits: [UInt8], _ exponent: Int, minimumFraction: Int = 0) -> String {
        var whole = "0"
        var fraction = digits
        if exponent >= 0 {
            let padded = digits + [UInt8](repeating: UInt8(ascii: "0"), count: max(0, exponent + 1 - digits.count))
            whole = String(decoding: padded.prefix(exponent + 1), as: UTF8.self)
            fraction = Array(padded.dropFirst(exponent + 1))
        } else {
            fraction = [UInt8](repeating: UInt8(ascii: "0"), count: -exponent - 1) + digits
        }
        while fraction.count < minimumFraction { fraction.append(UInt8(ascii: "0")) }
        return fraction.isEmpty ? whole : whole + "." + String(decoding: fraction, as: UTF8.self)
    }
}
