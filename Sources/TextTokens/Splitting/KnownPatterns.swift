/// The regular expressions of published tokenizers that have hand-written scanners.
enum KnownPatterns {
    /// English contractions in any case.
    static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"

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
        let scanners: [String: PreTokenizer.Step] = [
            gpt2: .firstMatch(SplitRule.gpt2),
            // Some files leave the last alternative out, which makes no difference.
            String(gpt2.dropLast(#"|\s+"#.count)): .firstMatch(SplitRule.gpt2),
            gpt4o(contractions: "", digits: ""): .firstMatch(SplitRule.gpt4o(.upper, .lower, nil, digits: 1)),
            gpt4o(): .firstMatch(SplitRule.gpt4o(.upper, .lower, .ignoring, digits: 3)),
            llama3(digits: "{1,3}"): .firstMatch(SplitRule.llama3(digits: 3)),
            llama3(digits: ""): .firstMatch(SplitRule.llama3(digits: 1)),
            qwen35: .firstMatch(SplitRule.qwen35),
            #"\p{N}"#: .firstMatch([.run(of: .number, maximum: 1)]),
            #"\p{N}+"#: .firstMatch([.run(of: .number)]),
            #"\p{N}{1,3}"#: .firstMatch([.run(of: .number, maximum: 3)]),
            "[0-9][0-9][0-9]": .firstMatch([.run(of: .asciiDigit, minimum: 3, maximum: 3)]),
            newline: .firstMatch([.run(of: .newline, maximum: 1)]),
            #"[\p{P}\$\+<=>\^~\|]+"#: .firstMatch([.run(of: [.punctuation, .sign])]),
            #"\s?\p{L}+"#: .firstMatch([.run(of: .letter, after: .whitespace)]),
            #"\s?\p{P}+"#: .firstMatch([.run(of: .punctuation, after: .whitespace)]),
            deepSeekLetters: .firstMatch([.run(of: .casedLetter, after: .whitespace)]),
            deepSeekPunctuation: .firstMatch([.run(of: .listedPunctuation, after: .whitespace)]),
            asian: .firstMatch([.run(of: .asian)]),
            kanaOrHan: .firstMatch([.run(of: .kanaOrHan)]),
            deepSeekV3: .firstMatch(SplitRule.deepSeekV3),
        ]
        return Dictionary(uniqueKeysWithValues: scanners.map { (Array($0.key.utf8), $0.value) })
    }()
}
