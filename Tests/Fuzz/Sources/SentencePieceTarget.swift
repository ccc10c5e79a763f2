import TestSupport
import TextTokens

/// `tokenizer.model`, and texts encoded and decoded with its tokenizer.
enum SentencePieceTarget: FuzzTarget {
    static let name = "sentencepiece"

    static func seeds() throws -> [[UInt8]] {
        let bytes = (0...255).map { byte -> [UInt8] in
            let digits = String(byte, radix: 16, uppercase: true)
            return piece("<0x" + (byte < 16 ? "0" : "") + digits + ">", type: 6)
        }
        let letters = ["\u{2581}", "T", "h", "e", "\u{2581}T", "he", "\u{2581}The"]
        let special = piece("<unk>", type: 2) + piece("<s>", type: 3) + piece("</s>", type: 3)
        let pieces = special + letters.flatMap { piece($0, type: 1) } + piece("<sep>", type: 4)
        func normalizer(_ flags: [UInt8]) -> [UInt8] {
            field(3, field(2, charsmap) + [3 << 3, flags[0], 4 << 3, flags[1]])
        }
        return try [
            pieces + bytes.flatMap { $0 } + field(2, [3 << 3, 2, 0x98, 2, 1]) + normalizer([1, 0]),
            pieces + piece("x", type: 5) + field(2, [3 << 3, 1, 0xC0, 1, 1]) + normalizer([1, 1]),
        ] + GoldenSeeds.sentencePieceModels()
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let definition = try TokenizerDefinition(sentencePiece: input)
        // The end of the input is a text, too, since it may contain pieces of the file.
        try CheckedTexts.check(Tokenizer(definition), of: definition, Array(input.suffix(100)))
    }

    private static func piece(_ text: String, type: UInt8) -> [UInt8] {
        // Longer pieces are merged first.
        let score = (Float(text.utf8.count) - 100).bitPattern
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: score >> ($0 * 8)) }
        return field(1, field(1, Array(text.utf8)) + [2 << 3 | 5] + bytes + [3 << 3, type])
    }

    /// A field of bytes in protobuf's wire format.
    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        let size =
            bytes.count < 0x80 ? [UInt8(bytes.count)] : [UInt8(bytes.count & 0x7F) | 0x80, UInt8(bytes.count >> 7)]
        return [number << 3 | 2] + size + bytes
    }

    /// A table that replaces "1" by "one": a trie of 256 units and the replacements.
    static let charsmap: [UInt8] = {
        var units = [UInt32](repeating: 0x8000_0000, count: 256)
        units[0] = 0x80 << 10  // the children of the root start at 0x80
        units[0x80 ^ 0x31] = 0x31 | 0x100 | (0x31 ^ 0x40) << 10  // "1", whose value is at 0x80 ^ 0x40
        units[0x80 ^ 0x40] = 0x8000_0000
        let bytes = units.flatMap { unit in (0..<4).map { UInt8(truncatingIfNeeded: unit >> ($0 * 8)) } }
        return [0, 4, 0, 0] + bytes + Array("one\0".utf8)
    }()
}
