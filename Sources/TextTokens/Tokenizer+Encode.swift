extension Tokenizer {
    /// The token ids of a text.
    ///
    /// - Parameters:
    ///   - addingSpecialTokens: whether to begin and end with the tokens that the model wants there.
    ///   - parsingSpecialTokens: whether text such as `<|im_end|>` is the special token it names. Only for text of your
    ///     own: in a user's text it is an invitation to forge structure.
    public func encode(
        _ text: String, addingSpecialTokens: Bool = true, parsingSpecialTokens: Bool = false
    ) -> [Int32] {
        encode(
            Array(text.utf8), addingSpecialTokens: addingSpecialTokens, parsingSpecialTokens: parsingSpecialTokens)
    }

    /// The token ids of a text that is to be continued: as ``encode(_:addingSpecialTokens:parsingSpecialTokens:)``
    /// gives them, but never with a token at the end that would end the text, whatever the file says (`add_eos_token`).
    public func encode(prompt: String, parsingSpecialTokens: Bool = false) -> [Int32] {
        let utf8 = Array(prompt.utf8)
        return encode(utf8, parts(utf8, parsingSpecialTokens), begins: addsBeginningOfText, ends: false)
    }

    /// The token ids of a text in UTF-8. Byte-level vocabularies say invalid bytes too, and give them back.
    public func encode(
        _ utf8: [UInt8], addingSpecialTokens: Bool = true, parsingSpecialTokens: Bool = false
    ) -> [Int32] {
        let parts = parts(utf8, parsingSpecialTokens)
        return encode(
            utf8, parts, begins: addingSpecialTokens && addsBeginningOfText, ends: addingSpecialTokens && addsEndOfText)
    }

    /// The token ids of a long text, as ``encode(_:addingSpecialTokens:parsingSpecialTokens:)`` gives them.
    ///
    /// - Parameter progress: is told how many bytes are done, and returns whether to continue.
    /// - Returns: the ids; nil if `progress` said no.
    package func encode(
        _ utf8: [UInt8], addingSpecialTokens: Bool = true, parsingSpecialTokens: Bool = false,
        progress: (Int) -> Bool
    ) -> [Int32]? {
        let parts = parts(utf8, parsingSpecialTokens)
        return encode(
            utf8, parts, begins: addingSpecialTokens && addsBeginningOfText, ends: addingSpecialTokens && addsEndOfText,
            progress: progress)
    }

    /// The token ids of a text in UTF-8 that is to be continued; nil if `progress` said no.
    package func encode(prompt utf8: [UInt8], progress: (Int) -> Bool) -> [Int32]? {
        encode(utf8, parts(utf8, false), begins: addsBeginningOfText, ends: false, progress: progress)
    }

    private func parts(_ utf8: [UInt8], _ parsingSpecialTokens: Bool) -> [SpecialTokenFinder.Part] {
        (parsingSpecialTokens ? specialTokens : userTokens).parts(of: utf8.span, in: utf8.indices)
    }

    /// The token ids of a prompt whose structure is known. It is to be continued, so no token is added at its end. One
    /// that begins texts is added as llama.cpp does for GGUF files; transformers, and so a tokenizer.json, leaves it to
    /// the chat template.
    ///
    /// Neighbouring plain segments are one text: where they are divided changes nothing.
    /// - Throws: ``TokenizerError/missingSpecialToken(_:)`` where a special segment is no token of this vocabulary.
    public func encode(
        _ segments: [TextSegment], addingSpecialTokens: Bool = true
    ) throws(TokenizerError) -> [Int32] {
        var utf8: [UInt8] = []
        var parts: [SpecialTokenFinder.Part] = []
        var start = 0
        var begins = addingSpecialTokens
        for segment in segments {
            switch segment {
            case .plain(let text):
                utf8 += text.utf8
            case .beginningOfText:
                guard let beginningOfText else { continue }
                parts += userTokens.parts(of: utf8.span, in: start..<utf8.count)
                if parts.isEmpty { begins = false }
                parts.append(.token(beginningOfText))
                start = utf8.count
            case .special(let text):
                guard let id = specialToken(text) else { throw .missingSpecialToken(text) }
                parts += userTokens.parts(of: utf8.span, in: start..<utf8.count)
                parts.append(.token(id))
                start = utf8.count
            }
        }
        parts += userTokens.parts(of: utf8.span, in: start..<utf8.count)
        return encode(utf8, parts, begins: begins && addsBeginningOfChats, ends: false)
    }

    private func encode(
        _ utf8: [UInt8], _ parts: [SpecialTokenFinder.Part], begins: Bool, ends: Bool
    ) -> [Int32] {
        encode(utf8, parts, begins: begins, ends: ends, progress: { _ in true }) ?? []
    }

    private func encode(
        _ utf8: [UInt8], _ parts: [SpecialTokenFinder.Part], begins: Bool, ends: Bool, progress: (Int) -> Bool
    ) -> [Int32]? {
        let (text, parts) = model.start == .characters ? normalized(utf8, parts) : (utf8, parts)
        var encoder = WordEncoder(model, textLength: text.count)
        if begins, let beginningOfText { encoder.append(beginningOfText) }
        for part in parts {
            switch part {
            case .token(let id): encoder.append(id)
            case .text(let range): guard encoder.append(text.span, range, progress: progress) else { return nil }
            }
        }
        if ends, let endOfText { encoder.append(endOfText) }
        return encoder.ids
    }

    /// SentencePiece's view of a text: space marks are spaces, and one more space stands at the start and after each
    /// special token.
    private func normalized(
        _ utf8: [UInt8], _ parts: [SpecialTokenFinder.Part]
    ) -> (text: [UInt8], parts: [SpecialTokenFinder.Part]) {
        var text: [UInt8] = []
        text.reserveCapacity(utf8.count + parts.count)
        let result = parts.map { part -> SpecialTokenFinder.Part in
            guard case .text(let range) = part else { return part }
            let start = text.count
            // No two parts of text are neighbours, so each follows a special token or stands first.
            if addsSpacePrefix { text.append(UInt8(ascii: " ")) }
            text += MergeModel.withSpaces(utf8[range])
            return .text(start..<text.count)
        }
        return (text, result)
    }
}
