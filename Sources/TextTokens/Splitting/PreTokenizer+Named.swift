/// A pre-tokenizer as named in a file, with the conventions that the name implies.
struct NamedPreTokenizer: Sendable {
    var names: [String]
    var preTokenizer: PreTokenizer
    /// Whether a word that is itself a token becomes that token, regardless of merges.
    var prefersWholeWords = false
    /// Whether texts start with the beginning-of-text token by default.
    var addsBeginningOfText = false

    /// The pre-tokenizer with a name; nil and "" mean "default".
    static func find(_ name: String?) throws(TokenizerError) -> NamedPreTokenizer {
        let name = name.flatMap { $0.isEmpty ? nil : $0 } ?? "default"
        guard let found = all.first(where: { $0.names.contains(name) }) else {
            throw .unsupportedPreTokenizer(found: name, known: all.flatMap(\.names).sorted())
        }
        return found
    }

    /// All supported names. Names with the same rules share an entry, as in llama.cpp, the reference for these rules.
    static let all = [
        NamedPreTokenizer(names: ["default"], preTokenizer: .unnamed),
        NamedPreTokenizer(names: ["gpt-2", "phi-2", "mpt", "olmo", "jais"], preTokenizer: .gpt2),
        NamedPreTokenizer(
            names: ["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"],
            preTokenizer: .starcoder),
        NamedPreTokenizer(
            names: ["llama-bpe", "llama3", "llama-v3", "falcon3", "pixtral", "lfm2"], preTokenizer: .llama3,
            prefersWholeWords: true, addsBeginningOfText: true),
        NamedPreTokenizer(names: ["dbrx", "smaug-bpe"], preTokenizer: .llama3),
        NamedPreTokenizer(names: ["qwen2", "deepseek-r1-qwen", "stablelm2"], preTokenizer: .qwen2),
        NamedPreTokenizer(names: ["deepseek-llm"], preTokenizer: .deepSeekLLM),
        NamedPreTokenizer(names: ["deepseek-coder"], preTokenizer: .deepSeekCoder),
    ]
}

extension PreTokenizer {
    private static let gpt2Pattern = Step.firstMatch([
        .contraction(ignoringCase: false),
        .run(of: .letter, after: .space),
        .run(of: .number, after: .space),
        .run(of: .other, after: .space),
        .whitespaceBeforeWord,
        .run(of: .whitespace),
    ])

    /// The pattern that Llama 3 introduced; models differ in how many digits form a word.
    private static func llamaPattern(digits: Int) -> Step {
        .firstMatch([
            .contraction(ignoringCase: true),
            .run(of: .letter, after: .wordLead),
            .run(of: .number, maximum: digits),
            .run(of: .other, after: .space, before: .newline),
            .whitespaceThroughNewline,
            .whitespaceBeforeWord,
            .run(of: .whitespace),
        ])
    }

    static let gpt2 = PreTokenizer(steps: [gpt2Pattern])
    static let starcoder = PreTokenizer(steps: [.firstMatch([.run(of: .number, maximum: 1)]), gpt2Pattern])
    static let llama3 = PreTokenizer(steps: [llamaPattern(digits: 3)])
    static let qwen2 = PreTokenizer(steps: [llamaPattern(digits: 1)])

    static let deepSeekLLM = PreTokenizer(steps: [
        .firstMatch([.run(of: .newline, maximum: 1)]),
        .firstMatch([.run(of: .casedLetter, after: .whitespace)]),
        .firstMatch([.run(of: .listedPunctuation, after: .whitespace)]),
        .trailingWhitespace,
        .firstMatch([.run(of: .asian)]),
        .firstMatch([.run(of: .number)]),
    ])

    static let deepSeekCoder = PreTokenizer(steps: [
        .firstMatch([.run(of: .newline, maximum: 1)]),
        .firstMatch([.run(of: .letter, after: .whitespace)]),
        .firstMatch([.run(of: .punctuation, after: .whitespace)]),
        .firstMatch([.run(of: .asian)]),
        .firstMatch([.run(of: .number, maximum: 1)]),
    ])

    /// The pre-tokenizer of files that name none, or "default".
    static let unnamed = PreTokenizer(steps: [
        .firstMatch([.run(of: [.punctuation, .sign])]),
        gpt2Pattern,
        .firstMatch([.run(of: .number)]),
        .firstMatch([.run(of: .asciiDigit, minimum: 3, maximum: 3)]),
    ])
}
