/// The regular expressions of published tokenizers and of llama.cpp that have hand-written scanners.
enum KnownPatterns {
    /// How English contractions are written if case is ignored: as published, and in llama.cpp.
    static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    static let asciiContractions = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"

    static let gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    private static let spaces = #"|\s*[\r\n]+|\s+(?!\S)|\s+"#
    private static let symbols = #" ?[^\s\p{L}\p{N}]+[\r\n]*"#
    private static let lead = #"[^\r\n\p{L}\p{N}]?"#

    /// The rule that Llama 3 introduced; models differ in how many digits form a word.
    static func llama3(digits: String) -> String {
        #"\#(contractions)|\#(lead)\p{L}+|\p{N}\#(digits)|\#(symbols)\#(spaces)"#
    }
    static let qwen35 =
        #"\#(contractions)|\#(lead)[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*\#(spaces)"#

    /// GPT-4o's rule and Tekken's, which leaves contractions out.
    static func gpt4o(
        upper: String = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#, lower: String = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#,
        contractions: String = KnownPatterns.contractions + "?", digits: String = "{1,3}"
    ) -> String {
        #"\#(lead)\#(upper)*\#(lower)+\#(contractions)|\#(lead)\#(upper)+\#(lower)*\#(contractions)"#
            + #"|\p{N}\#(digits)| ?[^\s\p{L}\p{N}]+[\r\n/]*\#(spaces)"#
    }
    /// The same letters in llama.cpp, whose regular expressions do not know case beyond ASCII.
    static let notSmall = #"((?=[\p{L}])([^a-z]))"#
    static let notCapital = #"((?=[\p{L}])([^A-Z]))"#

    static let kanaOrHan = "[一-龥぀-ゟ゠-ヿ]+"
    static let deepSeekV3 =
        ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"##
        + #"| ?[\p{P}\p{S}]+[\r\n]*\#(spaces)"#

    static let deepSeekLetters =
        "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅ"
        + "ὐ-ὗὙὛὝὟ-\u{1F7D}ᾀ-ᾴᾶ-ᾼ\u{1FBE}ῂ-ῄῆ-ῌῐ-\u{1FD3}ῖ-\u{1FDB}ῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u{2126}ℨ"
        + "\u{212A}-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+"
    static let deepSeekPunctuation = "\\s?[!-/:-~！-／：-～‘-‟\u{3000}-。]+"
    static let asian = "[一-龥ࠀ-一가-\u{D7FF}]+"
    /// The same without whitespace, which llama.cpp leaves out of such lists.
    static let deepSeekPunctuationNotSpace = "\\s?[!-/:-~！-／：-～‘-‟\u{3000}-。&&\\S]+"
    static let asianNotSpace = "[一-龥ࠀ-一가-\u{D7FF}&&\\S]+"

    static let newline = #"[\r\n]"#
    /// Whitespace before a line end. It has a scanner only where ``newline`` has been split off, since that looks for
    /// the end of a piece.
    static let trailingWhitespace = #"\s+$"#

    /// The scanner of a regular expression; nil for one that has none.
    static func find(_ pattern: String) -> PreTokenizer.Step? {
        scanners[Array(pattern.utf8)]
    }

    /// A regular expression with escapes for line ends.
    static func escaped(_ pattern: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in pattern.unicodeScalars {
            switch scalar {
            case "\r": escaped += "\\r".unicodeScalars
            case "\n": escaped += "\\n".unicodeScalars
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// By bytes, because strings are equal if they are canonically equivalent.
    private static let scanners: [[UInt8]: PreTokenizer.Step] = {
        var scanners: [String: PreTokenizer.Step] = [
            gpt2: .firstMatch(SplitRule.gpt2),
            // llama.cpp leaves the last alternative out, which makes no difference.
            String(gpt2.dropLast(#"|\s+"#.count)): .firstMatch(SplitRule.gpt2),
            gpt4o(contractions: "", digits: ""): .firstMatch(SplitRule.gpt4o(.upper, .lower, nil, digits: 1)),
            gpt4o(upper: notSmall, lower: notCapital, contractions: "", digits: ""): .firstMatch(
                SplitRule.gpt4o(.notSmall, .notCapital, nil, digits: 1)),
            gpt4o(upper: notSmall, lower: notCapital, contractions: asciiContractions + "?"): .firstMatch(
                SplitRule.gpt4o(.notSmall, .notCapital, .ignoringASCII, digits: 3)),
            #"\p{N}"#: .firstMatch([.run(of: .number, maximum: 1)]),
            #"\p{N}+"#: .firstMatch([.run(of: .number)]),
            #"\p{N}{1,3}"#: .firstMatch([.run(of: .number, maximum: 3)]),
            "[0-9][0-9][0-9]": .firstMatch([.run(of: .asciiDigit, minimum: 3, maximum: 3)]),
            newline: .firstMatch([.run(of: .newline, maximum: 1)]),
            #"[\p{P}\$\+<=>\^~\|]+"#: .firstMatch([.run(of: [.punctuation, .sign])]),
            #"[\p{P}\$\+<=>\^~\|`]+"#: .firstMatch([.run(of: [.punctuation, .sign, .backtick])]),
            #"\s?\p{L}+"#: .firstMatch([.run(of: .letter, after: .whitespace)]),
            #"\s?\p{P}+"#: .firstMatch([.run(of: .punctuation, after: .whitespace)]),
            deepSeekLetters: .firstMatch([.run(of: .casedLetter, after: .whitespace)]),
            deepSeekPunctuation: .firstMatch([
                .run(of: [.listedPunctuation, .ideographicSpace], after: .whitespace)
            ]),
            asian: .firstMatch([.run(of: [.asian, .asianSpace])]),
            deepSeekPunctuationNotSpace: .firstMatch([.run(of: .listedPunctuation, after: .whitespace)]),
            asianNotSpace: .firstMatch([.run(of: .asian)]),
            kanaOrHan: .firstMatch([.run(of: .kanaOrHan)]),
            deepSeekV3: .firstMatch(SplitRule.deepSeekV3),
        ]
        let cases: [(String, ContractionCase)] = [(contractions, .ignoring), (asciiContractions, .ignoringASCII)]
        for (text, letterCase) in cases {
            let rules: [(String, [SplitRule])] = [
                (llama3(digits: "{1,3}"), SplitRule.llama3(digits: 3, letterCase)),
                (llama3(digits: ""), SplitRule.llama3(digits: 1, letterCase)),
                (qwen35, SplitRule.qwen35(letterCase)),
                (gpt4o(), SplitRule.gpt4o(.upper, .lower, letterCase, digits: 3)),
            ]
            for (pattern, rules) in rules {
                scanners[pattern.replacing(contractions, with: text)] = .firstMatch(rules)
            }
        }
        return Dictionary(uniqueKeysWithValues: scanners.map { (Array($0.key.utf8), $0.value) })
    }()
}
