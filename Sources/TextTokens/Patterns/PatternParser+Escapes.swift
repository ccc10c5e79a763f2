extension PatternParser {
    /// Parses an escape outside classes, and tells whether it can be repeated.
    mutating func escape(_ options: Options) throws(TokenizerError) -> (PatternNode, repeats: Bool) {
        let start = place
        if let set = try escapedSet() { return (.set(set), true) }
        guard let next = peek(1) else { throw failure("a character after the backslash") }
        place += 2
        switch next {
        case "b": return (.position(.wordBoundary), false)
        case "B": return (.position(.noWordBoundary), false)
        case "A": return (.position(.textStart), false)
        case "z": return (.position(.textEnd), false)
        case "Z": return (.position(.textEndOrFinalNewline), false)
        case "G": return (.position(.searchStart), false)
        case "N": return (.set(ScalarSet.newline.inverted), true)
        case "O": return (.set(.all), true)
        case "R":
            let breaks = ScalarSet([0x0A...0x0D, 0x85...0x85, 0x2028...0x2029])
            return (.atomic(.alternatives([.sequence([.set(ScalarSet(0x0D)), .set(.newline)]), .set(breaks)])), true)
        case "1"..."9": throw failure("a pattern without back references", since: start)
        case "k" where peek() == "<" || peek() == "'": throw failure("a pattern without back references", since: start)
        case "g" where peek() == "<" || peek() == "'": throw failure("a pattern without recursion", since: start)
        case "K": throw failure("a pattern without \\K", since: start)
        case "X", "y", "Y": throw failure("a pattern without grapheme clusters", since: start)
        default:
            place = start
            return (literal(try escapedScalar(), options), true)
        }
    }

    /// Parses an escape for a set of characters, inside or outside a class; nil for other escapes.
    mutating func escapedSet(inClass: Bool = false) throws(TokenizerError) -> ScalarSet? {
        let set: ScalarSet
        switch peek(1) {
        case "d": set = .decimalDigits
        case "D": set = ScalarSet.decimalDigits.inverted
        case "s": set = .whitespace
        case "S": set = ScalarSet.whitespace.inverted
        case "w": set = inClass ? .posixWord : .word
        case "W": set = (inClass ? ScalarSet.posixWord : .word).inverted
        case "h": set = .hexDigits
        case "H": set = ScalarSet.hexDigits.inverted
        case "p" where peek(2) == "{", "P" where peek(2) == "{": return try property()
        default: return nil
        }
        place += 2
        return set
    }

    /// Parses `\p{...}`.
    private mutating func property() throws(TokenizerError) -> ScalarSet {
        let start = place
        var inverted = peek(1) == "P"
        place += 3
        if skip("^") { inverted.toggle() }
        var name = ""
        while let next = peek(), next != "}" {
            name.unicodeScalars.append(next)
            place += 1
        }
        guard skip("}"), let set = UnicodeProperty.find(name) else {
            throw failure("a general category, a script in modern use or another known property", since: start)
        }
        return inverted ? set.inverted : set
    }

    /// Parses an escape for one character, inside or outside a class.
    mutating func escapedScalar() throws(TokenizerError) -> UInt32 {
        let start = place
        guard let next = peek(1) else { throw failure("a character after the backslash") }
        place += 2
        switch next {
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "f": return 0x0C
        case "v": return 0x0B
        case "a": return 0x07
        case "e": return 0x1B
        case "x" where skip("{"): return try codePoint(start, digits: 1...8, radix: 16, end: "}")
        case "x": return try codePoint(start, digits: 1...2, radix: 16)
        case "u": return try codePoint(start, digits: 4...4, radix: 16)
        case "o" where skip("{"): return try codePoint(start, digits: 1...11, radix: 8, end: "}")
        case "0": return try codePoint(start, digits: 0...2, radix: 8)
        case "c", "C", "M": throw failure("a pattern without control and meta escapes", since: start)
        default: return next.value
        }
    }

    private mutating func codePoint(
        _ start: Int, digits: ClosedRange<Int>, radix: UInt32, end: String = ""
    ) throws(TokenizerError) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        while count < digits.upperBound, let next = peek(), let digit = Self.digit(next), digit < radix {
            value = value * radix + digit
            place += 1
            count += 1
            if value > 0x10_FFFF { break }
        }
        guard count >= digits.lowerBound, skip(end), Unicode.Scalar(value) != nil else {
            throw failure("the code of a Unicode character", since: start)
        }
        return value
    }

    private static func digit(_ scalar: Unicode.Scalar) -> UInt32? {
        switch scalar {
        case "0"..."9": scalar.value - 0x30
        case "a"..."f": scalar.value - 0x61 + 10
        case "A"..."F": scalar.value - 0x41 + 10
        default: nil
        }
    }
}
