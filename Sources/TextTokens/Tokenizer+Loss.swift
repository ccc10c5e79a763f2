import QuotedText

extension Tokenizer {
    /// A description of what a text loses because the vocabulary has no token for some of its bytes; nil if nothing.
    ///
    /// Many vocabularies lack a few control characters, which few texts contain. So the check is made for each text.
    public func loss(in text: String) -> String? {
        let lost = missingBytes.filter { text.utf8.contains($0) }
        guard !lost.isEmpty else { return nil }
        // A byte without a token of its own may still be part of a token.
        guard decode(encode(text, addingSpecialTokens: false), skippingSpecialTokens: false) != text else { return nil }
        return "the vocabulary has no token for \(Self.names(lost)); it is dropped from the text"
    }

    /// A description of what texts may lose because the vocabulary has no token for some bytes; nil if nothing.
    public var possibleLoss: String? {
        missingBytes.isEmpty
            ? nil
            : "the vocabulary has no token for \(Self.names(missingBytes)): such bytes are dropped from texts"
    }

    private static func names(_ bytes: [UInt8]) -> String {
        let shown = bytes.prefix(4).map { byte in
            let name = (byte < 0x10 ? "0x0" : "0x") + String(byte, radix: 16, uppercase: true)
            return (0x21...0x7E).contains(byte) ? name + " " + String(UnicodeScalar(byte)).quoted : name
        }
        let rest = bytes.count > shown.count ? " and \((bytes.count - shown.count).counted("more byte"))" : ""
        return (bytes.count == 1 ? "byte " : "bytes ") + shown.joined(separator: ", ") + rest
    }

    /// The bytes occurring in UTF-8 that a vocabulary can encode neither with a token nor with the unknown token.
    static func missingBytes(_ model: MergeModel) -> [UInt8] {
        guard model.unknown == nil else { return [] }
        return (UInt8.min...UInt8.max).filter { UTF8Sequence.has($0) && model.byteTokens[Int($0)] < 0 }
    }
}
