extension NamedPreTokenizer {
    /// Rules for the general matcher.
    static let others = [
        NamedPreTokenizer(
            names: ["falcon"],
            steps: [.punctuation(.contiguous)] + [.byteLevel(addsPrefixSpace: false, splits: true)]
                + [.digits(individually: false), .split(.regex("[0-9][0-9][0-9]"), .isolated, inverted: false)],
            // The published steps see digits and punctuation in the byte-level alphabet after the second one.
            isApproximateInLlamaCpp: true),
        NamedPreTokenizer(
            names: ["jais-2"],
            steps: isolating(
                llama3Start(digits: "{1,3}")
                    + #" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)"#
                    + #"|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}"#)),
        NamedPreTokenizer(
            names: ["spark2_5"],
            steps: isolating(
                #"\p{N}{1,3}"#, KnownPatterns.kanaOrHan,
                ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"##
                    + #"| ?[\p{P}\p{S}]+|[\r\n]|\s+(?!\S)|\s+"#,
                #"\p{N}"#)),
        NamedPreTokenizer(
            names: ["youtu"],
            steps: isolating(
                "[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥぀-ゟ゠-ヿ]+",
                KnownPatterns.gpt4o(digits: "")),
            prefersWholeWords: true),
        NamedPreTokenizer(
            names: ["poro-chat", "bloom", "gpt3-finnish"], steps: isolating(#" ?[^(\s|.,!?…。，、।۔،)]+"#)),
        NamedPreTokenizer(
            names: ["viking"], steps: isolating(#" ?[^(\s|.,!?…。，、।۔،)]+"#, #"\p{N}"#)),
        NamedPreTokenizer(
            names: ["chameleon"],
            steps: isolating(
                "<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", #"([\t\n]|    |  )"#, #"\p{N}"#,
                #"[\p{P}!-/:-@\[-`{-~]"#, KnownPatterns.gpt2),
            addsBeginningOfText: true),
        NamedPreTokenizer(
            names: ["granite-embed-multi-97m"],
            steps: isolating(KnownPatterns.gpt4o()),
            isApproximateInLlamaCpp: true,
            prefersWholeWords: true),
        NamedPreTokenizer(
            names: ["tiny_aya", "cohere2moe"],
            steps: isolating(#"\d{1,3}(?=(?:\d{3})*\b)"#, KnownPatterns.gpt4o())),
        NamedPreTokenizer(
            names: ["kimi-k2"],
            steps: isolating(
                #"[\p{Han}]+|"#
                    + KnownPatterns.gpt4o(
                        upper: #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#,
                        lower: #"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#
                    ).replacing(#"[\r\n/]*"#, with: #"[\r\n]*"#))),
        NamedPreTokenizer(
            names: ["superbpe"], steps: isolating(#"\p{N}+"#, #"(?=(\d{3})+(?!\d))"#)),
        NamedPreTokenizer(
            names: ["bailingmoe", "bailingmoe2", "llada-moe"],
            steps: isolating(
                #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]"#
                    + #"|\s+(?!\S)|\s+"#),
            isApproximateInLlamaCpp: true),
        NamedPreTokenizer(
            names: ["seed-coder"],
            steps: isolating(
                llama3Start(digits: "{1}") + #" ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+"#)),
        NamedPreTokenizer(
            names: ["ufakzeka"],
            steps: isolating(String(KnownPatterns.llama3(digits: "").dropFirst(KnownPatterns.contractions.count + 1)))),
        NamedPreTokenizer(
            names: ["afmoe"],
            steps: isolating(
                // Groups of three digits from the right.
                #"\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$))"#,
                "[一-鿿㐀-䶿豈-\u{FAFF}぀-ゟ゠-ヿ･-ﾟ⼀-\u{2FDF}เ-\u{E7F}\u{E80}-\u{EFF}ក-\u{17FF}က-႟ꩠ-ꩿꧠ-\u{A9FF}가-\u{D7AF}ᄀ-ᇿ]+",
                KnownPatterns.deepSeekV3)),
        NamedPreTokenizer(
            names: ["laguna"],
            steps: isolating(#"(?:\r?\n)+(?!\r?\n)"#, KnownPatterns.llama3(digits: "")),
            isApproximateInLlamaCpp: true),
        NamedPreTokenizer(
            names: ["exaone-moe"],
            steps: isolating(
                KnownPatterns.contractions
                    + #"|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?"#
                    + #"|\s*[\r\n]|\s+(?!\S)|\s+"#)),
        NamedPreTokenizer(
            names: ["minicpm5"],
            steps: isolating(#"\p{N}{1,3}"#, KnownPatterns.llama3(digits: "+")), prefersWholeWords: true),
    ]

    /// The words and numbers of Llama 3's rule.
    private static func llama3Start(digits: String) -> String {
        #"\#(KnownPatterns.contractions)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}\#(digits)|"#
    }
}
