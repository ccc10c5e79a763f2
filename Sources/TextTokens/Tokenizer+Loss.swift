import QuotedText

extension Tokenizer {
    /// A description of what a text loses because the vocabulary has no token for some of it; nil if nothing.
    ///
    /// Many vocabularies lack a few control characters, which few texts contain. So the check is made for each text.
    public func loss(in text: String) -> String? { loss(in: Array(text.utf8)) }

    /// The same for a text in UTF-8.
    package func loss(in bytes: [UInt8]) -> String? {
        guard mayLose(bytes), let text = try? EncodableText(bytes, self, parsingSpecialTokens: false) else {
            return nil
        }
        var encoder = WordEncoder(model, textLength: bytes.count)
        // A text that cannot be encoded is an error, which encoding it reports.
        guard (try? encoder.append(text, division, progress: { _ in true })) == true, !encoder.lost.isEmpty else {
            return nil
        }
        let lost = encoder.lost.sorted { $0.lexicographicallyPrecedes($1) }
        return "the vocabulary has no token for \(Self.names(lost)); \(lost.count == 1 ? "it is" : "they are") dropped "
            + "from the text"
    }

    /// A description of what texts may lose because the vocabulary has no token for some characters or bytes; nil if
    /// nothing.
    public var possibleLoss: String? {
        guard losesText else { return nil }
        guard case .merges(let shared) = model, case let model = shared.value, model.start == .bytes else {
            return "the vocabulary has no tokens for most characters: such characters are dropped from texts"
        }
        let missing = Self.missingBytes(model).map { [$0] }
        return "the vocabulary has no token for \(Self.names(missing)): such bytes are dropped from texts"
    }

    /// Whether a text may lose something, which takes encoding it to know.
    private func mayLose(_ text: [UInt8]) -> Bool {
        guard losesText, case .merges(let shared) = model, case let model = shared.value, model.start == .bytes,
            normalizer.isEmpty
        else {
            return losesText
        }
        let missing = Set(Self.missingBytes(model))
        return text.contains { missing.contains($0) }
    }

    /// Whether some text has no tokens.
    private var losesText: Bool {
        switch model {
        case .merges(let model): !Self.missingBytes(model.value).isEmpty
        case .unigram: false
        }
    }

    private static func names(_ characters: [[UInt8]]) -> String {
        let shown = characters.prefix(4).map { character in
            guard character.count == 1, let byte = character.first else {
                return String(decoding: character, as: UTF8.self).quoted
            }
            let name = (byte < 0x10 ? "0x0" : "0x") + String(byte, radix: 16, uppercase: true)
            return (0x21...0x7E).contains(byte) ? name + " " + String(UnicodeScalar(byte)).quoted : name
        }
        let areBytes = characters.allSatisfy { $0.count == 1 }
        let (one, several) = areBytes ? ("byte", "bytes") : ("character", "characters")
        let rest =
            characters.count > shown.count ? " and \((characters.count - shown.count).counted("more " + one))" : ""
        return (characters.count == 1 ? one + " " : several + " ") + shown.joined(separator: ", ") + rest
    }

    /// The bytes occurring in UTF-8 that a vocabulary can encode neither with a token nor with the unknown token.
    private static func missingBytes(_ model: MergeModel) -> [UInt8] {
        guard model.unknown == nil else { return [] }
        return (UInt8.min...UInt8.max).filter { UTF8Sequence.has($0) && model.byteTokens[Int($0)] < 0 }
    }
}
