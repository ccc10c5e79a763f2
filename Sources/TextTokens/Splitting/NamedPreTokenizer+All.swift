extension NamedPreTokenizer {
    /// All supported names, the default first. Names with the same rules share an entry.
    static let all: [NamedPreTokenizer] = common + others

    /// The names of the rules with hand-written scanners.
    static var scanned: [String] { common.flatMap(\.names).sorted() }

    /// Published steps: regular expressions that isolate their matches, and then only the byte-level alphabet.
    static func isolating(_ patterns: String...) -> [PreTokenizerStep] {
        patterns.map { .split(.regex($0), .isolated, inverted: false) }
            + [.byteLevel(addsPrefixSpace: false, splits: false)]
    }

    private static let gpt2Steps: [PreTokenizerStep] = [.byteLevel(addsPrefixSpace: false, splits: true)]
    private static let gpt2WithSingleDigits: [PreTokenizerStep] = [.digits(individually: true)] + gpt2Steps
    private static let llama3Steps = isolating(KnownPatterns.llama3(digits: "{1,3}"))
    private static let deepSeekV3Steps = isolating(
        #"\p{N}{1,3}"#, KnownPatterns.kanaOrHan, KnownPatterns.deepSeekV3)

    /// Rules with hand-written scanners.
    private static let common = [
        NamedPreTokenizer(
            names: ["default"],
            steps: isolating(
                #"[\p{P}\$\+<=>\^~\|]+"#, KnownPatterns.gpt2, #"\p{N}+"#, "[0-9][0-9][0-9]")),
        NamedPreTokenizer(
            names: [
                "gpt-2", "phi-2", "mpt", "olmo", "jais", "jina-es", "jina-de", "jina-v1-en", "jina-v2-es", "jina-v2-de",
                "jina-v2-code", "gigachat", "a.x-4.0", "mellum", "modern-bert", "roberta-bpe", "trillion",
                "granite-docling", "exaone4",
            ],
            steps: gpt2Steps, composing: ["mpt", "olmo"]),
        NamedPreTokenizer(
            names: [
                "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2",
            ],
            steps: gpt2WithSingleDigits, composing: ["command-r"]),
        NamedPreTokenizer(
            names: [
                "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
                "jina-v5-nano",
            ],
            steps: llama3Steps, prefersWholeWords: true, addsBeginningOfText: true),
        NamedPreTokenizer(names: ["dbrx", "smaug-bpe", "chatglm-bpe"], steps: llama3Steps),
        NamedPreTokenizer(names: ["glm4", "glm5"], steps: llama3Steps, prefersWholeWords: true),
        NamedPreTokenizer(
            names: [
                "qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "stablelm2", "hunyuan", "solar-open", "megrez",
                "grok-2",
            ],
            steps: isolating(KnownPatterns.llama3(digits: "")), composing: ["qwen2"]),
        NamedPreTokenizer(names: ["qwen35"], steps: isolating(KnownPatterns.qwen35)),
        NamedPreTokenizer(
            names: ["deepseek-llm"],
            steps: isolating(
                KnownPatterns.newline, KnownPatterns.deepSeekLetters, KnownPatterns.deepSeekPunctuation,
                KnownPatterns.trailingWhitespace, KnownPatterns.asian
            ).dropLast() + [.digits(individually: true), .byteLevel(addsPrefixSpace: false, splits: false)],
            // llama.cpp also keeps numbers together.
            isApproximateInLlamaCpp: true),
        NamedPreTokenizer(
            names: ["deepseek-coder"],
            steps: isolating(KnownPatterns.newline, #"\s?\p{L}+"#, #"\s?\p{P}+"#, KnownPatterns.asian).dropLast()
                + [.digits(individually: true), .byteLevel(addsPrefixSpace: false, splits: false)],
            isApproximateInLlamaCpp: true),
        NamedPreTokenizer(
            names: ["deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"], steps: deepSeekV3Steps),
        // llama.cpp does not know case beyond ASCII here, and takes marks for symbols.
        NamedPreTokenizer(
            names: ["tekken"], steps: isolating(KnownPatterns.gpt4o(contractions: "", digits: "")),
            isApproximateInLlamaCpp: true,
            prefersWholeWords: true, addsBeginningOfText: true),
        NamedPreTokenizer(
            names: ["gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"],
            steps: isolating(KnownPatterns.gpt4o()),
            isApproximateInLlamaCpp: true),
    ]
}
