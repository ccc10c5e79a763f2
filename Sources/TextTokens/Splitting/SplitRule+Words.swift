/// Which letters match those of an English contraction.
enum ContractionCase: Sendable {
    case exact
    /// Case is ignored as in `(?i:'s|'t|...)`, which also matches U+017F, an old form of s.
    case ignoring
}

extension SplitRule {
    static func contraction(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ letterCase: ContractionCase) -> Int {
        func letter(_ offset: Int) -> UInt8 {
            guard start + offset < end else { return 0 }
            let byte = text[start + offset]
            return letterCase != .exact && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        }
        switch (letter(1), letter(2)) {
        case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _), (UInt8(ascii: "d"), _):
            return start + 2
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return start + 3
        case (0xC5, 0xBF) where letterCase == .ignoring: return start + 3
        default:
            return start
        }
    }

    @inline(never)
    static func leadAndRun(
        _ text: Span<UInt8>, _ bodyStart: Int, _ start: Int, _ end: Int, _ ascii: Span<CharacterClass>,
        _ body: CharacterClass
    ) -> Int {
        let stop = skip(body, text, bodyStart, end, ascii)
        return stop > bodyStart ? stop : start
    }

    // Not inlined, so that the loop over other rules stays small.
    @inline(never)
    static func casedWord(
        _ text: Span<UInt8>, _ first: ClassifiedCharacter, _ start: Int, _ end: Int, _ ascii: Span<CharacterClass>,
        _ lead: CharacterClass, _ upper: CharacterClass, _ lower: CharacterClass, _ letterCase: ContractionCase?
    ) -> Int {
        let hasLead = !lead.isDisjoint(with: first.classes)
        let afterLead = start + first.length
        // With a lead, without one, and then the same for words without a lower character.
        var stop = hasLead ? upperThenLower(text, afterLead, end, ascii, upper, lower) : nil
        if stop == nil { stop = upperThenLower(text, start, end, ascii, upper, lower) }
        if stop == nil, hasLead {
            let upperEnd = skip(upper, text, afterLead, end, ascii)
            if upperEnd > afterLead { stop = upperEnd }
        }
        if stop == nil {
            let upperEnd = skip(upper, text, start, end, ascii)
            if upperEnd > start { stop = upperEnd }
        }
        guard let stop else { return start }
        if let letterCase, stop < end, text[stop] == UInt8(ascii: "'") {
            return contraction(text, stop, end, letterCase)
        }
        return stop
    }

    /// The end of `[upper]*[lower]+`; nil if there is no match.
    ///
    /// Some characters are of both classes. If no lower one follows the upper ones, the match ends after the last of
    /// them that is also lower.
    @inline(__always)
    private static func upperThenLower(
        _ text: Span<UInt8>, _ start: Int, _ end: Int, _ ascii: Span<CharacterClass>, _ upper: CharacterClass,
        _ lower: CharacterClass
    ) -> Int? {
        var position = start
        var lastShared: Int?
        while position < end {
            let character = ClassifiedCharacter(text, at: position, end: end, ascii: ascii)
            if upper.isDisjoint(with: character.classes) {
                if lower.isDisjoint(with: character.classes) { break }
                return skip(lower, text, position + character.length, end, ascii)
            }
            position += character.length
            if !lower.isDisjoint(with: character.classes) { lastShared = position }
        }
        return lastShared
    }
}
