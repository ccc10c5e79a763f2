import QuotedText

/// A pre-tokenizer as named in a GGUF file (`tokenizer.ggml.pre`), with the conventions that the name implies.
///
/// llama.cpp is the reference for the names. The steps are those of the published tokenizer.json, for converting
/// between both formats. Where llama.cpp's own rule differs, GGUF files follow it.
struct NamedPreTokenizer: Sendable {
    var names: [String]
    /// The steps in a tokenizer.json.
    var steps: [PreTokenizerStep]
    /// llama.cpp's steps, if they differ by more than the case of contractions.
    var otherSteps: [PreTokenizerStep]?
    /// Whether a word that is itself a token becomes that token, regardless of merges.
    var prefersWholeWords = false
    /// Whether texts start with the beginning-of-text token by default.
    var addsBeginningOfText = false
    /// What was assumed because the file's name is missing or unknown.
    var assumption: String?

    /// The pre-tokenizer for a GGUF file.
    var preTokenizer: PreTokenizer {
        get throws(TokenizerError) { try PreTokenizer(steps: ggufSteps) }
    }

    /// The steps for a GGUF file.
    var ggufSteps: [PreTokenizerStep] {
        otherSteps
            ?? steps.map { step in
                guard case .split(.regex(let regex), let behavior, let inverted) = step else { return step }
                let ascii = regex.replacing(KnownPatterns.contractions, with: KnownPatterns.asciiContractions)
                return .split(.regex(ascii), behavior, inverted: inverted)
            }
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
            (name.isEmpty ? "no pre-tokenizer is named" : "the pre-tokenizer \(name.quoted) is unknown")
            + "; words are split by llama.cpp's rule \"default\", which may not be the one that the model was trained with"
        return assumed
    }

    /// The pre-tokenizer with a name, which must be known.
    static func known(_ name: String) throws(TokenizerError) -> NamedPreTokenizer {
        guard let found = all.first(where: { $0.names.contains(name) }) else { throw unsupported(name) }
        return found
    }

    /// The name for the steps of a tokenizer.json; nil if there is none.
    static func name(of steps: [PreTokenizerStep], ignoresMerges: Bool) -> String? {
        let steps = steps.map(\.escaped)
        return all.first { $0.prefersWholeWords == ignoresMerges && ($0.steps == steps || $0.ggufSteps == steps) }?
            .names[0]
    }

    private static func unsupported(_ name: String) -> TokenizerError {
        .unsupportedPreTokenizer(found: name, known: all.flatMap(\.names).sorted())
    }

    /// Names of BPE vocabularies in which spaces are marks instead of bytes of an alphabet.
    private static let notByteLevel: Set = ["gemma4", "granite-embed-multi-311m", "sarvam-moe", "whitespace"]
}
