extension Tokenizer {
    /// Encodes a text into token ids.
    ///
    /// - Parameters:
    ///   - addingSpecialTokens: whether to add the model's tokens for the beginning and end of a text.
    ///   - parsingSpecialTokens: whether text such as `<|im_end|>` becomes the special token with that name. Use it
    ///     only for trusted text: otherwise users can forge structure.
    /// - Throws: ``TokenizerError`` if a regular expression of the tokenizer's file needs too many steps on the text.
    public func encode(
        _ text: String, addingSpecialTokens: Bool = true, parsingSpecialTokens: Bool = false
    ) throws(TokenizerError) -> [Int32] {
        try encode(
            Array(text.utf8), addingSpecialTokens: addingSpecialTokens, parsingSpecialTokens: parsingSpecialTokens)
    }

    /// Encodes a text that will be continued, like the method above. It never ends with an end-of-text token, even if
    /// the file asks for one (`add_eos_token`), and it never begins with two beginning-of-text tokens.
    ///
    /// - Throws: as above.
    public func encode(prompt: String, parsingSpecialTokens: Bool = false) throws(TokenizerError) -> [Int32] {
        let text = try EncodableText(Array(prompt.utf8), self, parsingSpecialTokens: parsingSpecialTokens)
        return try encode(text, after: text.begins(with: prefix.first) ? [] : prefix, before: [])
    }

    /// Encodes a UTF-8 text into token ids. Byte-level vocabularies also encode invalid bytes, and decode them
    /// unchanged.
    ///
    /// - Throws: as above.
    public func encode(
        _ utf8: [UInt8], addingSpecialTokens: Bool = true, parsingSpecialTokens: Bool = false
    ) throws(TokenizerError) -> [Int32] {
        let text = try EncodableText(utf8, self, parsingSpecialTokens: parsingSpecialTokens)
        return try encode(text, after: addingSpecialTokens ? prefix : [], before: addingSpecialTokens ? suffix : [])
    }

    /// Encodes a long text, like ``encode(_:addingSpecialTokens:parsingSpecialTokens:)``, with progress.
    ///
    /// - Parameter progress: called with the number of bytes done; returns whether to continue.
    /// - Returns: the ids; nil if `progress` returned false.
    package func encode(
        _ utf8: [UInt8], addingSpecialTokens: Bool = true, parsingSpecialTokens: Bool = false,
        progress: (Int) -> Bool
    ) throws(TokenizerError) -> [Int32]? {
        let text = try EncodableText(utf8, self, parsingSpecialTokens: parsingSpecialTokens)
        return try encode(
            text, after: addingSpecialTokens ? prefix : [], before: addingSpecialTokens ? suffix : [],
            progress: progress)
    }

    /// Encodes a UTF-8 text that will be continued; nil if `progress` returned false.
    package func encode(
        prompt utf8: [UInt8], parsingSpecialTokens: Bool = false, progress: (Int) -> Bool
    ) throws(TokenizerError) -> [Int32]? {
        let text = try EncodableText(utf8, self, parsingSpecialTokens: parsingSpecialTokens)
        return try encode(
            text, after: text.begins(with: prefix.first) ? [] : prefix, before: [], progress: progress)
    }

    /// Encodes a prompt with known structure. It will be continued, so no token is added at its end. The
    /// beginning-of-text token is added as llama.cpp does for GGUF files; transformers, and therefore a tokenizer.json,
    /// leaves it to the chat template. It is never added to a prompt that begins with it.
    ///
    /// The segments count as one text, so their division does not matter, except that special tokens are found only
    /// within the structure.
    /// - Throws: as above.
    public func encode(
        _ segments: [TextSegment], addingSpecialTokens: Bool = true
    ) throws(TokenizerError) -> [Int32] {
        let text = try EncodableText(segments, self)
        return try encode(text, after: addingSpecialTokens ? beginning(ofChat: text) : [], before: [])
    }

    /// Encodes a conversation, and finds the tokens of the assistant's parts.
    ///
    /// - Returns: the ids, as the method above gives them, and for each whether it contains a byte of an answer.
    /// - Throws: as above.
    package func encode(_ chat: RenderedChat) throws(TokenizerError) -> (ids: [Int32], isAnswer: [Bool]) {
        let text = try EncodableText(chat.segments, self)
        let ids = try encode(text, after: [], before: [])
        let added = beginning(ofChat: text)
        var isAnswer = [Bool](repeating: false, count: added.count + ids.count)
        for range in try tokenRanges(of: chat, ids) {
            for index in range { isAnswer[added.count + index] = true }
        }
        return (added + ids, isAnswer)
    }

    /// The tokens that are added to the beginning of a conversation.
    private func beginning(ofChat text: EncodableText) -> [Int32] {
        guard addsBeginningOfChats, !text.begins(with: beginningOfText) else { return [] }
        return prefix.isEmpty ? [beginningOfText].compactMap(\.self) : prefix
    }

    private func encode(
        _ text: EncodableText, after prefix: [Int32], before suffix: [Int32]
    ) throws(TokenizerError) -> [Int32] {
        try encode(text, after: prefix, before: suffix, progress: { _ in true }) ?? []
    }

    private func encode(
        _ text: EncodableText, after prefix: [Int32], before suffix: [Int32], progress: (Int) -> Bool
    ) throws(TokenizerError) -> [Int32]? {
        var encoder = WordEncoder(
            model, textLength: text.utf8.count, givesControlTokens: text.parsesSpecialTokens)
        encoder.append(prefix)
        guard try encoder.append(text, division, progress: progress) else { return nil }
        encoder.append(suffix)
        return encoder.ids
    }
}
