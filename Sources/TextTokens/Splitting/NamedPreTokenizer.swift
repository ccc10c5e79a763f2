import QuotedText

/// A pre-tokenizer as named in a GGUF file (`tokenizer.ggml.pre`), with the conventions that the name implies.
///
/// The steps are those of the published tokenizer.json, which the models were trained with. llama.cpp is the reference
/// for the names; where its own rule only comes close to the published one, files by that name follow the published
/// one.
struct NamedPreTokenizer: Sendable {
    var names: [String]
    /// The steps in a tokenizer.json.
    var steps: [PreTokenizerStep]
    /// The names whose published tokenizers also normalize text to NFC, which llama.cpp does not do.
    var composing: Set<String> = []
    /// Whether llama.cpp splits some texts otherwise, by more than contractions with letters beyond ASCII.
    var isApproximateInLlamaCpp = false
    /// Whether a word that is itself a token becomes that token, regardless of merges.
    var prefersWholeWords = false
    /// Whether texts start with the beginning-of-text token by default.
    var addsBeginningOfText = false
    /// What was assumed because the file's name is missing or unknown.
    var assumption: String?

    /// The pre-tokenizer of the published tokenizer.
    var preTokenizer: PreTokenizer {
        get throws(TokenizerError) { try PreTokenizer(steps: steps) }
    }

    /// The normalizer of the published tokenizer with one of the names.
    func normalizer(of name: String?) -> [NormalizerStep] {
        name.map(composing.contains) == true ? [.nfc] : []
    }

    /// The pre-tokenizer with a name. llama.cpp's default takes the place of a missing or unknown one.
    ///
    /// - Throws: ``TokenizerError/unsupportedPreTokenizer(found:known:)`` for names of vocabularies that are not
    ///   byte-level BPE.
    static func find(_ name: String?) throws(TokenizerError) -> NamedPreTokenizer {
        let name = name ?? ""
        if let found = all.first(where: { $0.names.contains(name) }) { return found }
        if notByteLevel.contains(name) { throw unsupported(name) }
        var assumed = all[0]
        assumed.assumption =
            "tokenizer.ggml.pre \(name.isEmpty ? "is missing" : "\(name.quoted) is unknown"): words are split by "
            + "llama.cpp's rule \"default\", which the model may not have been trained with"
        return assumed
    }

    /// The pre-tokenizer with a name, which must be known.
    static func known(_ name: String) throws(TokenizerError) -> NamedPreTokenizer {
        guard let found = all.first(where: { $0.names.contains(name) }) else { throw unsupported(name) }
        return found
    }

    /// The name for the steps of a tokenizer.json, if there is one: the first whose published tokenizer has the same
    /// normalizer, or else the first with the same steps.
    static func name(
        of steps: [PreTokenizerStep], after normalizer: [NormalizerStep], ignoresMerges: Bool
    ) -> String? {
        let steps = steps.map(\.escaped)
        guard let found = all.first(where: { $0.prefersWholeWords == ignoresMerges && $0.steps == steps }) else {
            return nil
        }
        return found.names.first { found.normalizer(of: $0) == normalizer } ?? found.names[0]
    }

    private static func unsupported(_ name: String) -> TokenizerError {
        .unsupportedPreTokenizer(found: name, known: all.flatMap(\.names).sorted())
    }

    /// Names of BPE vocabularies in which spaces are marks instead of bytes of an alphabet.
    private static let notByteLevel: Set = ["gemma4", "granite-embed-multi-311m", "sarvam-moe", "whitespace"]
}
