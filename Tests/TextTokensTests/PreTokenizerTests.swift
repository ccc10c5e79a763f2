import Testing

@testable import TextTokens

/// Where text is split, one rule at a time.
struct PreTokenizerTests {
    @Test func gpt2() throws {
        #expect(
            try words("gpt-2", "I'll say it's  3333 x_y!\n\n  end ") == [
                "I", "'ll", " say", " it", "'s", " ", " 3333", " x", "_", "y", "!", "\n\n ", " end", " ",
            ])
        #expect(try words("gpt-2", "I'LL") == ["I", "'", "LL"])
        #expect(try words("gpt-2", "a\u{3000}\u{3000}b") == ["a", "\u{3000}", "\u{3000}", "b"])
    }

    @Test func starcoderCutsDigitsApartFirst() throws {
        for name in ["smollm", "starcoder", "refact"] {
            #expect(try words(name, "x = 42;  7") == ["x", " =", " ", "4", "2", ";", "  ", "7"])
            #expect(try words(name, "½٣") == ["½", "٣"])
        }
    }

    @Test func llama3() throws {
        #expect(
            try words("llama-bpe", "We'Ve 12345 (foo)\r\n\t\n  bar\tbaz!!\n\n  ") == [
                "We", "'Ve", " ", "123", "45", " (", "foo", ")\r\n", "\t\n", " ", " bar", "\tbaz", "!!\n\n", "  ",
            ])
        #expect(try words("llama-bpe", "🦙.cpp été") == ["🦙.", "cpp", " été"])
    }

    @Test func qwen2CutsDigitsApart() throws {
        #expect(try words("qwen2", "v 123") == ["v", " ", "1", "2", "3"])
    }

    @Test func deepSeekLLM() throws {
        #expect(
            try words("deepseek-llm", "ab, cd  12\n 中文字!  ") == [
                "ab", ",", " cd", "  ", "1", "2", "\n", " ", "中文字", "!", "  ",
            ])
    }

    @Test func deepSeekCoder() throws {
        #expect(try words("deepseek-coder", "if x<10:\n\tреш") == ["if", " x", "<", "1", "0", ":", "\n", "\tреш"])
    }

    @Test func unnamed() throws {
        #expect(try words(nil, "a+b 12345, x") == ["a", "+", "b", " ", "123", "45", ",", " x"])
        #expect(try words("", "a+b") == ["a", "+", "b"])
    }

    @Test func invalidBytesAreCharactersOfTheirOwn() throws {
        let text: [UInt8] = [0x61, 0xFF, 0xE2, 0x82, 0x62, 0xC0, 0x80]
        for named in ["gpt-2", "llama-bpe", "deepseek-llm", "default", "smollm"] {
            let ends = try NamedPreTokenizer.find(named).preTokenizer.wordEnds(in: text.span, text.indices)
            #expect(ends.last == text.count && ends.sorted() == ends)
        }
    }

    @Test func noTextHasNoWords() throws {
        #expect(try words("gpt-2", "") == [])
    }

    private func words(_ name: String?, _ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        var start = 0
        return try NamedPreTokenizer.find(name).preTokenizer.wordEnds(in: bytes.span, bytes.indices).map { end in
            defer { start = end }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
    }
}
