/// The `pre_tokenizer` of a tokenizer.json, for the rules that llama.cpp has names for.
///
/// Byte-level vocabularies have a step `ByteLevel`, which either cuts by GPT-2's own pattern or leaves that to a step
/// `Split` with a regular expression. A step `Digits` before it makes each digit a word.
struct HuggingFacePreTokenizer: Equatable {
    enum Rule: Equatable {
        case gpt2
        case gpt2WithSingleDigits
        case split(pattern: String)
    }

    /// The name in a GGUF file.
    let name: String
    let rule: Rule
    /// `ignore_merges`: whether a word that is a token is that token, whatever its merges would make of it.
    var ignoresMerges = false

    /// The first name of each rule is what it is read as.
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

    /// What a tokenizer.json says for the rule of a name, or of another name with the same rule.
    static func named(_ name: String?) throws(TokenizerError) -> HuggingFacePreTokenizer {
        let names = try NamedPreTokenizer.find(name).names
        guard let found = all.first(where: { names.contains($0.name) }) else {
            throw .unsupportedPreTokenizer(found: names[0], known: all.map(\.name))
        }
        return found
    }
}
