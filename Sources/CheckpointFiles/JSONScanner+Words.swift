// Numbers and words of JSON, and what people write in their place.

extension JSONScanner {
    /// Skips a number.
    mutating func number() throws(Problem) {
        let start = place
        if bytes[place] == UInt8(ascii: "-") { place += 1 }
        let whole = digits()
        var isNumber = whole == 1 || whole > 1 && bytes[place - whole] != UInt8(ascii: "0")
        if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
            place += 1
            isNumber = digits() > 0 && isNumber
        }
        if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
            place += 1
            if place < bytes.count, bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-") {
                place += 1
            }
            isNumber = digits() > 0 && isNumber
        }
        let end = place
        skipWord()
        guard isNumber, place == end else { throw Problem(found: noJSON(start)) }
    }

    private mutating func digits() -> Int {
        let start = place
        while place < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[place] { place += 1 }
        return place - start
    }

    /// true, false or null.
    mutating func word() throws(Problem) -> Value {
        let start = place
        skipWord()
        switch text(from: start, count: place - start) {
        case "true", "false": return .boolean
        case "null": return .null
        case "": throw unexpected("a value")
        default: throw Problem(found: noJSON(start))
        }
    }

    /// Letters, digits and what else stands in numbers.
    private mutating func skipWord() {
        while place < bytes.count, Self.isWordByte(bytes[place]) { place += 1 }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }

    private func noJSON(_ start: Int) -> String {
        let word = text(from: start, count: place - start)
        let instead = ["NaN", "Infinity", "-Infinity", "nan", "None", "undefined"].contains(word) ? " (null is)" : ""
        return (word.utf8.count <= 40 ? word : word.quoted) + ", which is no JSON" + instead
    }
}
