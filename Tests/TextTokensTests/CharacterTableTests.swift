import Testing

@testable import TextTokens

struct CharacterTableTests {
    @Test func agreesWithTheStandardLibraryEverywhere() {
        for codePoint in UInt32(0)...0x10_FFFF where codePoint % 7 == 0 || codePoint < 0x3000 {
            let expected = CharacterClass(codePoint: codePoint)
            if CharacterTable.all.find(codePoint) != expected { Issue.record("U+\(String(codePoint, radix: 16))") }
        }
    }

    @Test func everyCharacterIsExactlyOneOfFour() {
        let four: [CharacterClass] = [.letter, .number, .whitespace, .other]
        for codePoint in UInt32(0)...0x3_4000 {
            let classes = CharacterTable.all.find(codePoint)
            if four.count(where: { !classes.isDisjoint(with: $0) }) != 1 { Issue.record("\(codePoint)") }
        }
    }

    @Test func decodingFollowsUnicode() {
        for scalar in ["a", "é", "中", "🦙", "\u{10FFFF}", "\u{800}"] as [Unicode.Scalar] {
            let bytes = Array(String(Character(scalar)).utf8)
            let decoded = UTF8Sequence.decode(bytes.span, at: 0, end: bytes.count)
            #expect(decoded?.codePoint == scalar.value && decoded?.length == bytes.count)
            #expect(UTF8Sequence.decode(bytes.span, at: 0, end: bytes.count - 1) == nil || bytes.count == 1)
        }
        let invalid: [[UInt8]] = [
            [0x80], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80],
            [0xE2, 0x82, 0x41], [0xFF],
        ]
        for bytes in invalid { #expect(UTF8Sequence.decode(bytes.span, at: 0, end: bytes.count) == nil) }
    }
}
