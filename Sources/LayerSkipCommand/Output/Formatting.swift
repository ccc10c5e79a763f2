extension Double {
    /// The number with a fixed number of decimals.
    func formatted(decimals: Int) -> String {
        guard isFinite, magnitude < 1e15 else { return "\(self)" }
        let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
        let scaled = Int((magnitude * scale).rounded())
        let digits = String(scaled)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = self < 0 && scaled != 0 ? "-" : ""
        guard decimals > 0 else { return sign + padded }
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// The share as a percentage.
    var percentage: String { "\((self * 100).formatted(decimals: 1)) %" }
}

extension Int {
    /// A number of bytes in megabytes.
    var megabytes: String { "\((Double(self) / 1e6).formatted(decimals: 1)) MB" }
}

extension String {
    /// The string with leading spaces up to a width.
    func padded(to width: Int) -> String { String(repeating: " ", count: Swift.max(0, width - count)) + self }
}
