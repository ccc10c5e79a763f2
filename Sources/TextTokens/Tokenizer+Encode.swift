extension Tokenizer {
    /// Encodes a text into token ids.
    ///
    /// - Parameters:
    ///   - addingSpecialTokens: whether to add the model's tokens for the beginning and end of a text.
    ///   - parsingSpecialTokens: whether text such as `<|im_end|>` becomes the special token with that name. Use it
    ///     only for trusted text: otherwise users can forge structure.
    public func encode(
        _ text: String, addingSpecialTokens: Bool = true, parsingSpecialTokens: Bool = false
    ) -> [Int32] {
        encode(
            Array(text.utf8), addingSpecialTokens: addingSpecialTokens, parsingSpecialTokens: parsingSpecialTokens)
    }

    /// Encodes a text that will be continued, like the method above. It never ends with an end-of-text token, even if
    /// the file asks for one (`add_eos_token`), and it never begins with two beginning-of-text tokens.
    public func encode(prompt: String, parsingSpecialTokens: Bool = false) -> [Int32] {
        let utf8 = Array(prompt.utf8)
        let parts = parts(utf8, parsingSpecialTokens)
        return encode(utf8, parts, begins: addsBeginningOfText && !beginText(parts), ends: false)
    }

    /// Encodes a UTF-8 text into token ids. Byte-level vocabularies also encode invalid bytes, and decode them
    /// unchanged.
    public func encode(
        _ utf8: [UInt8], addingSpecialTokens: Bool = true, parsingSpecialTokens: Bool = false
    ) -> [Int32] {
        let parts = parts(utf8, parsingSpecialTokens)
        return encode(
            utf8, parts, begins: addingSpecialTokens && addsBeginningOfText, ends: addingSpecialTokens && addsEndOfText)
    }

    /// Encodes a long text, like ``encode(_:addingSpecialTokens:parsingSpecialTokens:)``, with progress.
    ///
    /// - Parameter progress: called with the number of bytes done; returns whether to continue.
    /// - Returns: the ids; nil if `progress` returned false.
    package func encode(
        _ utf8: [UInt8], addingSpecialTokens: Bool = true, parsingSpecialTokens: Bool = false,
        progress: (Int) -> Bool
    ) -> [Int32]? {
        let parts = parts(utf8, parsingSpecialTokens)
        return encode(
            utf8, parts, begins: addingSpecialTokens && addsBeginningOfText, ends: addingSpecialTokens && addsEndOfText,
            progress: progress)
    }

    /// Encodes a UTF-8 text that will be continued; nil if `progress` returned false.
    package func encode(prompt utf8: [UInt8], progress: (Int) -> Bool) -> [Int32]? {
        encode(utf8, parts(utf8, false), begins: addsBeginningOfText, ends: false, progress: progress)
    }

    private func parts(_ utf8: [UInt8], _ parsingSpecialTokens: Bool) -> [SpecialTokenFinder.Part] {
        (parsingSpecialTokens ? specialTokens : userTokens).parts(of: utf8.span, in: utf8.indices)
    }

    /// Encodes a prompt with known structure. It will be continued, so no token is added at its end. The
    /// beginning-of-text token is added as llama.cpp does for GGUF files; transformers, and therefore a tokenizer.json,
    /// leaves it to the chat template. It is never added to a prompt that begins with it.
    ///
    /// The segments count as one text, so their division does not matter, except that special tokens are found only
    /// within the structure.
    public func encode(_ segments: [TextSegment], addingSpecialTokens: Bool = true) -> [Int32] {
        var utf8: [UInt8] = []
        var structure: [Range<Int>] = []
        for segment in segments {
            let start = utf8.count
            utf8 += segment.text.utf8
            guard case .structure = segment else { continue }
            if let last = structure.last, last.upperBound == start {
                structure[structure.count - 1] = last.lowerBound..<utf8.count
            } else {
                structure.append(start..<utf8.count)
            }
        }
        let kinds = kinds
        let parts = specialTokens.parts(of: utf8.span, in: utf8.indices) { match in
            !kinds[Int(match.token)].isSpecial || structure.contains(match.range)
        }
        let begins = addingSpecialTokens && addsBeginningOfChats && !beginText(parts)
        return encode(utf8, parts, begins: begins, ends: false)
    }

    /// Whether parts begin with the beginning-of-text token.
    private func beginText(_ parts: [SpecialTokenFinder.Part]) -> Bool {
        guard case .token(let first)? = parts.first else { return false }
        return first == beginningOfText
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

    /// A text as SentencePiece reads it: space marks become spaces, and a space is added at the start and after each
    /// special token.
    private func normalized(
        _ utf8: [UInt8], _ parts: [SpecialTokenFinder.Part]
    ) -> (text: [UInt8], parts: [SpecialTokenFinder.Part]) {
        var text: [UInt8] = []
        text.reserveCapacity(utf8.count + parts.count)
        let result = parts.map { part -> SpecialTokenFinder.Part in
            guard case .text(let range) = part else { return part }
            let start = text.count
            // Text parts are never adjacent, so each is the first part or follows a special token.
            if addsSpacePrefix { text.append(UInt8(ascii: " ")) }
            text += MergeModel.withSpaces(utf8[range])
            return .text(start..<text.count)
        }
        return (text, result)
    }
}

extension [Range<Int>] {
    /// Whether one of these ranges, which are in order and apart, contains a whole other one.
    fileprivate func contains(_ other: Range<Int>) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].upperBound < other.upperBound { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low].lowerBound <= other.lowerBound
    }
}
