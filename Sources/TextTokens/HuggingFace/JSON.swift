/// JSON text with keys in the given order. Foundation's encoder would sort a vocabulary by its texts, and takes seconds
/// for a large one.
struct JSON {
    let written: String

    static func raw(_ text: String) -> JSON { JSON(written: text) }

    static func text(_ text: String) -> JSON { JSON(written: quoted(text)) }

    static func list(_ items: [JSON]) -> JSON {
        JSON(written: "[" + items.map(\.written).joined(separator: ",") + "]")
    }

    static func object(_ members: [(String, JSON)]) -> JSON {
        JSON(written: "{" + members.map { quoted($0) + ":" + $1.written }.joined(separator: ",") + "}")
    }

    /// Writes an object with one member per line.
    static func lines(_ members: [(String, JSON)]) -> JSON {
        JSON(written: "{\n" + members.map { quoted($0) + ":" + $1.written }.joined(separator: ",\n") + "\n}")
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
