import TestSupport
import Testing

@testable import LayerSkip

@Suite("Text from tokens")
struct TextAssemblerTests {
    /// Returns the events of a stream for tokens of one byte each, in which capitals come from drafts.
    private func runs(_ text: String, stops: [String] = [], drafted: (UInt8) -> Bool = { (65...90).contains($0) })
        throws
        -> [String]
    {
        var runs: [String] = []
        var stream = TextAssembler(try TinyModel.shared.get().tokenizer, stops: stops) { event in
            if case .text(let text, let source) = event { runs.append((source != nil ? "+" : "-") + text) }
        }
        for byte in text.utf8 {
            let token = Token(TinyTokenizer.token(byte: byte))
            if let stop = stream.append(token, draftedBy: drafted(byte) ? .earlyExit : nil) {
                stream.finish(.stop(stop))
                return runs
            }
        }
        stream.finish(.maxTokens)
        #expect(runs.map { $0.dropFirst() }.joined() == stream.text)
        return runs
    }

    @Test func acceptedDraftsAreMarked() throws {
        #expect(try runs("abCd") == ["-a", "-b", "+C", "-d"])
    }

    @Test func heldBackTextKeepsItsOrigin() throws {
        #expect(try runs("xSTOy", stops: ["STOP"]) == ["-x", "+STO", "-y"])
        #expect(try runs("aBcDe", stops: ["aBcDx"]) == ["-a", "+B", "-c", "+D", "-e"])
        #expect(try runs("ABCAB", stops: ["ABCABC"]) == ["+ABCAB"])
        #expect(try runs("aBSTOP", stops: ["STOP"]) == ["-a", "+B"])
    }

    @Test func aCharacterBelongsToItsLastToken() throws {
        // é is C3 A9.
        #expect(try runs("aéb", drafted: { $0 == 0xA9 }) == ["-a", "+é", "-b"])
        #expect(try runs("aéb", drafted: { $0 == 0xC3 }) == ["-a", "-é", "-b"])
        #expect(try runs("aé", stops: ["aéz"], drafted: { $0 == 0xA9 }) == ["-a", "+é"])
    }

    @Test func aSpecialTokenThatStopsKeepsTheTextBeforeIt() throws {
        for (stops, expected) in [
            (["<|im_end|>"], "ab�"), (["<|im_end|>", "b�c"], "ab�"), (["<|im_end|>", "b�"], "a"),
        ] {
            var stream = TextAssembler(try TinyModel.shared.get().tokenizer, stops: stops) { _ in }
            // The character is incomplete, and the text that may begin a stop text is held back.
            for byte in [0x61, 0x62, 0xC3] as [UInt8] {
                let stop = stream.append(Token(TinyTokenizer.token(byte: byte)), draftedBy: nil)
                #expect(stop == nil)
            }
            let found = stream.append(2, draftedBy: nil)
            let stop = try #require(found)
            #expect(stop == stops[expected == "a" ? 1 : 0])
            stream.finish(.stop(stop))
            #expect(stream.text == expected)
        }
    }

    @Test func draftsGoOnWhereTheTextIs() throws {
        var drafts: [String] = []
        var stream = TextAssembler(try TinyModel.shared.get().tokenizer, stops: []) { event in
            if case .drafted(let text, _) = event { drafts.append(text) }
        }
        func token(_ byte: UInt8) -> Token { Token(TinyTokenizer.token(byte: byte)) }
        _ = stream.append(token(0xC3), draftedBy: nil)
        for _ in 0..<2 {
            stream.beginDraft()
            stream.showDraft(token(0xA9), by: .earlyExit)
            stream.showDraft(token(0xE3), by: .earlyExit)
            stream.showDraft(2, by: .earlyExit)  // the end of the text is not shown
        }
        #expect(drafts == ["é", "", "", "é", "", ""])
    }
}
