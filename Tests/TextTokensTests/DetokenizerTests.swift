import TestSupport
import Testing

@testable import TextTokens

struct DetokenizerTests {
    @Test func piecesAreTheWholeForRandomBytes() throws {
        let tokenizer = try Tokenizer(TinyVocabulary.byteLevel("smollm"))
        var random = SeededGenerator(seed: 1)
        // Mostly lead and continuation bytes, so that most cases are nearly valid.
        let bytes: [UInt8] = [0x41, 0x80, 0x9F, 0xA0, 0xBF, 0xC0, 0xC3, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xF5, 0x82, 0x90]
        for _ in 0..<3000 {
            let count = Int.random(in: 0...12, using: &random)
            let text = (0..<count).map { _ in bytes.randomElement(using: &random) ?? 0 }
            #expect(streamed(text, tokenizer).joined().utf8.elementsEqual(String(decoding: text, as: UTF8.self).utf8))
        }
    }

    @Test func charactersComeWhole() throws {
        let tokenizer = try Tokenizer(TinyVocabulary.byteLevel("smollm"))
        for text in ["é", "中", "🦙", "\u{10FFFF}", "a中b"] {
            for piece in streamed(Array(text.utf8), tokenizer) {
                #expect(!piece.contains("\u{FFFD}"))
                #expect(piece.unicodeScalars.count <= 1)
            }
        }
    }

    @Test func everySplitOfASequenceGivesTheSame() throws {
        let text = "x中🦙é"
        let bytes = Array(text.utf8)
        for split in 1..<bytes.count {
            let merges = ["x¦x"]
            var definition = TinyVocabulary.byteLevel("smollm", merges: merges)
            definition.tokens += [bytes[..<split], bytes[split...]].map { TinyVocabulary.spelled(Array($0)) }
            definition.kinds? += [1, 1]
            var detokenizer = StreamingDetokenizer(try Tokenizer(definition))
            let pieces = [detokenizer.append(257), detokenizer.append(258), detokenizer.finish()]
            #expect(pieces.joined() == text && !pieces.joined().contains("\u{FFFD}"))
        }
    }

    @Test func anIncompleteEndIsFlushedOnce() throws {
        var detokenizer = StreamingDetokenizer(try Tokenizer(TinyVocabulary.byteLevel("smollm")))
        #expect(detokenizer.append(0xF0) == "" && detokenizer.append(0x9F) == "")
        #expect(detokenizer.finish() == "\u{FFFD}")
        #expect(detokenizer.finish() == "")
        #expect(detokenizer.append(65) == "A")
    }

    @Test func thePrefixSpaceIsDroppedOnce() throws {
        let tokenizer = try Tokenizer(TinyVocabulary.sentencePiece([(" ", -1), ("a", -2), (" a", -3)]))
        let ids = try tokenizer.encode("a a")
        for continuing in [false, true] {
            for skipping in [false, true] {
                var detokenizer = StreamingDetokenizer(
                    tokenizer, skippingSpecialTokens: skipping, continuingText: continuing)
                let pieces = ids.map { detokenizer.append($0) }.joined() + detokenizer.finish()
                #expect(pieces == tokenizer.decode(ids, skippingSpecialTokens: skipping, continuingText: continuing))
                // Only the first piece loses its space, as in llama.cpp and Hugging Face's library.
                #expect(pieces == (skipping ? "" : "<s>") + (continuing || !skipping ? " " : "") + "a a")
            }
        }
    }

    private func streamed(_ bytes: [UInt8], _ tokenizer: Tokenizer) -> [String] {
        var detokenizer = StreamingDetokenizer(tokenizer)
        return bytes.map { detokenizer.append(Int32($0)) } + [detokenizer.finish()]
    }
}
