/// The `pre_tokenizer` of a tokenizer.json, for rules that llama.cpp has a name for.
///
/// Byte-level vocabularies have a step `ByteLevel`, which either splits by GPT-2's own pattern or leaves that to a step
/// `Split` with a regular expression. A step `Digits` before it makes each digit a word.
struct HuggingFacePreTokenizer: Equatable {
    enum Rule: Equatable {
        case gpt2
        case gpt2WithSingleDigits
        case split(pattern: String)
    }

    /// The rule's name in a GGUF file.
    let name: String
    let rule: Rule
    /// `ignore_merges`: whether a word that is itself a token becomes that token, regardless of merges.
    var ignoresMerges = false

    /// All supported rules; reading a file returns the first match's name.
    static let all = [
        HuggingFacePreTokenizer(name: "gpt-2", rule: .gpt2),
        HuggingFacePreTokenizer(name: "smollm", rule: .gpt2WithSingleDigits),
        HuggingFacePreTokenizer(
            name: "llama-bpe", rule: .split(pattern: llamaPattern(digits: "{1,3}")), ignoresMerges: true),
        HuggingFacePreTokenizer(name: "dbrx", rule: .split(pattern: llamaPattern(digits: "{1,3}"))),
        HuggingFacePreTokenizer(name: "qwen2", rule: .split(pattern: llamaPattern(digits: ""))),
    ]

    private static func llamaPattern(digits: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}\#(digits)| ?[^\s\p{L}\p{N}]+[\r\n]*|"#
            + #"\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    /// The pre-tokenizer for a rule's name, or for another name of the same rule.
    static func named(_ name: String?) throws(TokenizerError) -> HuggingFacePreTokenizer {
        let names = try NamedPreTokenizer.known(name ?? "default").names
        guard let found = all.first(where: { names.contains($0.name) }) else {
            throw .unsupportedPreTokenizer(found: names[0], known: all.map(\.name))
        }
        return found
    }
}
