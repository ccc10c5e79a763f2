/// The character classes that pre-tokenizers distinguish; a character may be in several.
struct CharacterClass: OptionSet, Sendable {
    let rawValue: UInt32

    /// `\p{L}`
    static let letter = Self(rawValue: 1 << 0)
    /// `\p{N}`
    static let number = Self(rawValue: 1 << 1)
    /// `\s`: Unicode's White_Space
    static let whitespace = Self(rawValue: 1 << 2)
    /// `[^\s\p{L}\p{N}]`; invalid bytes count as U+FFFD, which is one of these
    static let other = Self(rawValue: 1 << 3)
    /// `\p{P}`
    static let punctuation = Self(rawValue: 1 << 4)
    /// `[\r\n]`
    static let newline = Self(rawValue: 1 << 5)
    /// U+0020
    static let space = Self(rawValue: 1 << 6)
    /// `[0-9]`
    static let asciiDigit = Self(rawValue: 1 << 7)
    /// `[$+<=>^~|]`: characters that Falcon's rule treats as punctuation besides `\p{P}`
    static let sign = Self(rawValue: 1 << 8)
    /// `[^\r\n\p{L}\p{N}]`: characters that may precede a word in Llama 3's rule
    static let wordLead = Self(rawValue: 1 << 9)
    /// The cased letters that DeepSeek LLM's rule lists
    static let casedLetter = Self(rawValue: 1 << 10)
    /// The punctuation that DeepSeek LLM's rule lists
    static let listedPunctuation = Self(rawValue: 1 << 11)
    /// U+0800...U+9FA5 and U+AC00...U+D7FF, for DeepSeek's rules: Asian scripts and everything in between
    static let asian = Self(rawValue: 1 << 12)
    /// U+0027
    static let apostrophe = Self(rawValue: 1 << 13)
    /// `\p{M}`
    static let mark = Self(rawValue: 1 << 14)
    /// `\p{S}`
    static let symbol = Self(rawValue: 1 << 15)
    /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`: what a word in GPT-4o's rule begins with
    static let upper = Self(rawValue: 1 << 16)
    /// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`: what it ends with
    static let lower = Self(rawValue: 1 << 17)
    /// U+002F
    static let slash = Self(rawValue: 1 << 18)
    /// `[A-Za-z]`
    static let asciiLetter = Self(rawValue: 1 << 19)
    /// ASCII punctuation, symbols included
    static let asciiPunctuation = Self(rawValue: 1 << 20)
    /// `[^\r\n\p{L}\p{P}\p{S}]`: characters that may precede a word in DeepSeek V3's rule
    static let deepSeekLead = Self(rawValue: 1 << 21)
    /// `[^\s\p{L}\p{M}\p{N}]`
    static let otherNotMark = Self(rawValue: 1 << 22)
    /// `[一-龥぀-ゟ゠-ヿ]`
    static let kanaOrHan = Self(rawValue: 1 << 23)
    /// What the steps `Digits` and `Punctuation` of a tokenizer.json split at
    static let stepDigit = Self(rawValue: 1 << 24)
    static let stepPunctuation = Self(rawValue: 1 << 25)
}
