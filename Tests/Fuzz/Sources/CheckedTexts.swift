import LayerSkip

/// Encodes and decodes texts with a tokenizer that was read from an input.
enum CheckedTexts {
    /// Words, numbers, other scripts, and text that looks like special tokens.
    static let page = "The house of 1234 windows — naïve, 東京, 🙂; <|im_end|><s>\n\n\t let x = [1, 2, 3]\r\n  e\u{301}"

    /// What normalizers and splits treat in special ways: marks out of order, syllables, ligatures, joined emoji, marks
    /// for spaces, names of bytes, runs, and bytes that are not UTF-8.
    private static let hard =
        Array(
            "  \u{2581}\u{2581} a\u{2581}b q\u{307}\u{323}\u{1100}\u{1161}\u{11A8}ﬁ Ｆ½İß\u{0} <0x0A><0xE2> <x>\u{A0}\u{3000}"
                .utf8)
        + Array("👩‍👩‍👧🇩🇪 don't I'LL aaaaaaaaaaaaaaaaaaaaaaaab \r\r\n\n   12345,678.9 कि ".utf8) + [0xE2, 0x96, 0xFF, 0x20]

    /// Checks a tokenizer on a text from the input, followed by fixed ones.
    static func check(_ tokenizer: Tokenizer, of definition: TokenizerDefinition, _ further: [UInt8]) throws {
        let text = further + Array(page.utf8) + hard
        check(tokenizer, try tokenizer.encode(text, parsingSpecialTokens: true))
        let plain = try tokenizer.encode(text, addingSpecialTokens: false)
        check(tokenizer, plain)
        let forged = plain.first {
            tokenizer.isSpecial($0) && !isUnknown($0, definition) && !isByte($0, of: text, definition)
        }
        require(forged == nil, "a plain text became the special token \(forged ?? 0) among \(plain)")

        let string = String(decoding: further, as: UTF8.self)
        let half = string.index(string.startIndex, offsetBy: string.count / 2)
        let segments = [TextSegment.structure(String(string[..<half])), .plain(String(string[half...]))]
        check(tokenizer, try tokenizer.encode(segments))
        _ = tokenizer.loss(in: string)
    }

    /// Checks that ids are valid, and that decoding them one by one gives the same text.
    private static func check(_ tokenizer: Tokenizer, _ ids: [Int32]) {
        require(ids.allSatisfy { 0..<tokenizer.vocabularySize ~= Int($0) }, "\(ids)")
        for isSkipping in [true, false] {
            var stream = StreamingDetokenizer(tokenizer, skippingSpecialTokens: isSkipping)
            var pieces = ids.reduce(into: "") { $0 += stream.append($1) }
            pieces += stream.finish()
            let decoded = tokenizer.decode(ids, skippingSpecialTokens: isSkipping)
            require(pieces.utf8.elementsEqual(decoded.utf8), "\(pieces) is \(decoded)")
        }
    }

    private static func isUnknown(_ id: Int32, _ definition: TokenizerDefinition) -> Bool {
        id == definition.unknown ?? (definition.model == .scored ? 0 : nil)
    }

    /// Whether a token represents a byte of a text, as `<0x0A>` does. Files may mark such tokens as special.
    private static func isByte(_ id: Int32, of text: [UInt8], _ definition: TokenizerDefinition) -> Bool {
        let token = definition.tokens[Int(id)]
        guard token.hasPrefix("<0x"), token.hasSuffix(">"), token.utf8.count == 6,
            let byte = UInt8(token.dropFirst(3).dropLast(), radix: 16)
        else { return false }
        return text.contains(byte)
    }
}
