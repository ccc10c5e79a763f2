extension String {
    /// As text of an HTML page.
    var escaped: String {
        reduce(into: "") { text, character in
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.append(character)
            }
        }
    }
}

extension Double {
    /// With one decimal at most, for coordinates.
    var short: String { rounded(decimals: 1) }

    /// A number of steps: 1500 is 1.5k.
    var count: String {
        switch magnitude {
        case 1e6...: (self / 1e6).rounded(decimals: 2) + "M"
        case 1e3...: (self / 1e3).rounded(decimals: 2) + "k"
        default: rounded(decimals: 2)
        }
    }

    /// A share of a hundred.
    var percentage: String { (self * 100).rounded(decimals: 1) + " %" }

    /// With so many decimals, but no zeros at their end.
    func rounded(decimals: Int) -> String {
        guard isFinite, magnitude < 1e12 else { return "\(self)" }
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        let value = (self * scale).rounded() / scale
        return value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
}
