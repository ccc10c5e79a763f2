/// The alphabet of byte-level vocabularies: a printable character for each of the 256 bytes.
///
/// Printable Latin-1 characters stand for themselves; the other 68 bytes are numbered from U+0100 in order (GPT-2's
/// `bytes_to_unicode`).
enum ByteAlphabet {
    /// The byte for each character, indexed by code point; -1 if the code point is not in the alphabet.
    static let bytes: [Int16] = {
        var table = [Int16](repeating: -1, count: 0x144)
        var next = 0x100
        for byte in 0..<256 {
            if isPrintable(byte) {
                table[byte] = Int16(byte)
            } else {
                table[next] = Int16(byte)
                next += 1
            }
        }
        return table
    }()

    private static func isPrintable(_ byte: Int) -> Bool {
        (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
    }

    /// The character for each byte.
    private static let characters: [Unicode.Scalar] = {
        var characters = [Unicode.Scalar](repeating: " ", count: 256)
        for (codePoint, byte) in bytes.enumerated() where byte >= 0 {
            characters[Int(byte)] = Unicode.Scalar(codePoint) ?? " "
        }
        return characters
    }()

    /// Writes bytes in the alphabet.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(characters[Int(byte)]) }
        return String(text)
    }

    /// The bytes ordered by their characters' code points, as trained vocabularies number them.
    static var bytesByCharacter: [UInt8] { bytes.filter { $0 >= 0 }.map { UInt8($0) } }

    /// Appends the bytes that a text stands for. Returns false if a character is not in the alphabet; some bytes may
    /// then have been appended.
    static func append(_ text: Substring.UTF8View, to output: inout [UInt8]) -> Bool {
        let table = bytes
        var lead = 0
        for unit in text {
            let codePoint: Int
            if unit < 0x80 {
                codePoint = Int(unit)
            } else if unit >= 0xC0 {  // beyond ASCII, all characters have two bytes, the first C2...C5
                lead = Int(unit)
                continue
            } else {
                codePoint = (lead &- 0xC0) << 6 | Int(unit & 0x3F)
            }
            guard table.indices.contains(codePoint), table[codePoint] >= 0 else { return false }
            output.append(UInt8(table[codePoint]))
        }
        return true
    }
}
