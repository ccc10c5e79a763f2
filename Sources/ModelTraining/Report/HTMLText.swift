extension String {
    /// The string with the special characters of HTML and XML escaped.
    package var escaped: String {
        // By scalar: a special character may carry a combining mark.
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}

extension Double {
    /// The number with at most one decimal, for coordinates.
    var short: String { rounded(decimals: 1) }

    /// The number with a suffix: 1500 is 1.5k.
    var count: String {
        switch magnitude {
        case 1e6...: (self / 1e6).rounded(decimals: 2) + "M"
        case 1e3...: (self / 1e3).rounded(decimals: 2) + "k"
        default: rounded(decimals: 2)
        }
    }

    /// The share as a percentage.
    var percentage: String { (self * 100).rounded(decimals: 1) + " %" }

    /// Returns the number with at most `decimals` decimals, without trailing zeros.
    func rounded(decimals: Int) -> String {
        guard isFinite, magnitude < 1e12 else { return "\(self)" }
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        let value = (self * scale).rounded() / scale
        return value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
}
