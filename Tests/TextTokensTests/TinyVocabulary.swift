import TestSupport
import TextTokens

/// Tokenizer definitions that are small enough to understand at a glance.
enum TinyVocabulary {
    /// Byte-level BPE: the 256 bytes ordered by value, then the results of merges, then special tokens.
    ///
    /// A merge is written with literal spaces, and U+00A6 between its halves: `" ¦t"`.
    static func byteLevel(
        _ preTokenizer: String, merges: [String] = [], control: [String] = [], userDefined: [String] = []
    ) -> TokenizerDefinition {
        let halves = merges.map { merge in merge.split(separator: "¦").map { spelled(Array($0.utf8)) } }
        var tokens = (0...255).map { TinyTokenizer.byteCharacter(UInt8($0)) }
        tokens += halves.map { $0.joined() }
        var kinds = [Int32](repeating: 1, count: tokens.count)
        tokens += control + userDefined
        kinds += control.map { _ in 3 } + userDefined.map { _ in 4 }
        var definition = TokenizerDefinition(model: .byteLevel, preTokenizer: preTokenizer, tokens: tokens)
        definition.kinds = kinds
        definition.merges = halves.map { $0.joined(separator: " ") }
        return definition
    }

    /// SentencePiece-style BPE: `<unk>`, `<s>`, `</s>`, the 256 bytes, then pieces (with literal spaces) with their
    /// scores.
    static func sentencePiece(_ pieces: [(text: String, score: Double)]) -> TokenizerDefinition {
        let bytes = (0...255).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "<0x" + (digits.utf8.count < 2 ? "0" : "") + digits + ">"
        }
        let texts = pieces.map { $0.text.map { $0 == " " ? "\u{2581}" : String($0) }.joined() }
        var definition = TokenizerDefinition(model: .scored, tokens: ["<unk>", "<s>", "</s>"] + bytes + texts)
        definition.scores = [Double](repeating: 0, count: 259) + pieces.map(\.score)
        definition.kinds = [2, 3, 3] + [Int32](repeating: 6, count: 256) + pieces.map { _ in 1 }
        return definition
    }

    /// Spells bytes in the byte-level alphabet.
    static func spelled(_ bytes: [UInt8]) -> String {
        bytes.map(TinyTokenizer.byteCharacter).joined()
    }
}

extension Tokenizer {
    /// The texts of the tokens that a text is encoded into.
    func pieces(_ text: String, parsingSpecialTokens: Bool = false) throws -> [String] {
        try encode(text, addingSpecialTokens: false, parsingSpecialTokens: parsingSpecialTokens).map {
            String(decoding: bytes(of: $0), as: UTF8.self)
        }
    }
}
