import Testing

@testable import TextTokens

/// What is refused in a tokenizer.model.
struct SentencePieceErrorTests {
    /// A field of bytes.
    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }

    private static func piece(_ text: String, _ type: UInt8 = 1) -> [UInt8] {
        field(1, field(1, Array(text.utf8)) + [0x15, 0, 0, 0x80, 0xBF, 0x18, type])
    }

    /// A number of the trainer's settings; their fields from 16 up have keys of two bytes.
    private static func setting(_ number: UInt16, _ value: UInt8) -> [UInt8] {
        let key = number << 3
        let bytes = key < 0x80 ? [UInt8(key)] : [UInt8(key & 0x7F) | 0x80, UInt8(key >> 7)]
        return field(2, bytes + [value])
    }

    private func message(_ bytes: [UInt8]) -> String {
        do {
            _ = try TokenizerDefinition(sentencePiece: bytes)
            return "none"
        } catch {
            return error.description
        }
    }

    @Test func otherAlgorithmsAreRefusedByName() {
        let pieces = Self.piece("<unk>", 2) + Self.piece("a")
        #expect(message(pieces) == "none")
        #expect(
            message(pieces + Self.setting(3, 3))
                == "tokenizer.model, model_type: expected 1 (unigram) or 2 (bpe), found 3 (word)")
        #expect(
            message(pieces + Self.setting(3, 4))
                == "tokenizer.model, model_type: expected 1 (unigram) or 2 (bpe), found 4 (character)")
        #expect(message(pieces + Self.setting(3, 9)) == "tokenizer.model, model_type: expected 1 to 4, found 9")
    }

    @Test func inconsistentPiecesAreRefused() {
        let unknown = Self.piece("<unk>", 2)
        #expect(message([]) == "tokenizer.model, pieces: expected at least one, found none")
        #expect(
            message(Self.piece("a"))
                == "tokenizer.model, pieces: expected one for unknown characters (type 2), found 0")
        #expect(
            message(unknown + Self.piece("a") + Self.piece("a"))
                == "tokenizer.model, piece 2: expected distinct texts, found \"a\" twice")
        #expect(
            message(unknown + Self.piece("<0x0A>", 6))
                == "tokenizer.model, piece 1: expected no byte without byte_fallback, found one")
        #expect(
            message(unknown + Self.setting(35, 1))
                == "tokenizer.model, pieces: expected 256 bytes, since byte_fallback is set, found 0")
        #expect(message(unknown + Self.piece("a", 7)) == "tokenizer.model, type of piece 1: expected 1 to 6, found 7")
        #expect(
            message(unknown + Self.piece("a", 5) + Self.setting(3, 2))
                == "tokenizer.model, piece 1: expected a type other than unused in a BPE model, found unused")
        #expect(
            message(unknown + Self.field(1, Self.field(1, [0xFF])))
                == "tokenizer.model, text of piece 1: expected text in UTF-8, found bytes")
    }

    @Test func unsupportedSettingsAreRefused() {
        let pieces = Self.piece("<unk>", 2) + Self.piece("a")
        #expect(
            message(pieces + Self.field(3, [5 << 3, 0]))
                == "tokenizer.model, escape_whitespaces: expected true, found false, which is not supported")
        #expect(
            message(pieces + Self.field(5, Self.field(2, [1])))
                == "tokenizer.model, denormalizer_spec: expected no table of replacements, found one, which is not "
                + "supported")
    }

    @Test func damagedMessagesAreRefused() {
        #expect(message([0x0A, 5, 0]) == "tokenizer.model, byte 2: expected 5 bytes, found 1")
        #expect(message([0x0A]) == "tokenizer.model, byte 1: expected a number, found the end")
        #expect(message([0x0B]) == "tokenizer.model, byte 1: expected a wire type of 0, 1, 2 or 5, found 3")
        #expect(message([0x02, 0]) == "tokenizer.model, byte 1: expected a field number from 1, found 0")
        let long = [UInt8](repeating: 0xFF, count: 11)
        #expect(message(long) == "tokenizer.model, byte 10: expected a number of at most 10 bytes, found a longer one")
        #expect(message([0x08, 1]) == "tokenizer.model, field 1: expected a message, found a number")
    }

    @Test func unknownFieldsAreSkipped() throws {
        let extra: [UInt8] =
            [0x38, 5] + [0x41, 0, 0, 0, 0, 0, 0, 0, 0] + [0x4D, 0, 0, 0, 0] + Self.field(10, [1, 2])
        let bytes = extra + Self.piece("<unk>", 2) + Self.piece("a") + extra
        #expect(try TokenizerDefinition(sentencePiece: bytes).tokens == ["<unk>", "a"])
    }

    @Test func piecesOfNullAreUnusedIDs() throws {
        let bytes = (0...255).flatMap { byte -> [UInt8] in
            let digits = String(byte, radix: 16, uppercase: true)
            return Self.piece("<0x" + (byte < 16 ? "0" : "") + digits + ">", 6)
        }
        let file = bytes + Self.piece("\0") + Self.piece("a") + Self.setting(3, 2) + Self.setting(35, 1)
        let tokenizer = try Tokenizer(TokenizerDefinition(sentencePiece: file))
        #expect(try tokenizer.encode("\0a", addingSpecialTokens: false) == [0xE2, 0x96, 0x81, 0, 257])
    }
}
