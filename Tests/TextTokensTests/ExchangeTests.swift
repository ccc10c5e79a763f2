import TestSupport
import Testing

@testable import TextTokens

/// What a GGUF file's keys for single parts lose of a tokenizer.
struct ExchangeTests {
    /// A definition as SentencePiece's BPE is read, and as it is read back from a GGUF file.
    private func definitions(
        rules: SentencePieceRules = SentencePieceRules()
    ) -> (file: TokenizerDefinition, keys: TokenizerDefinition) {
        var file = TinyVocabulary.sentencePiece([("a", -3), ("b", -3), ("ab", -1), ("ba", -1), (" ", -2)])
        (file.unknown, file.beginningOfText, file.endOfText) = (0, 1, 2)
        (file.addsBeginningOfText, file.addsSpacePrefix) = (true, rules.addsDummySpace)
        let keys = file
        file.wholeTokenRule = .leftmost
        file.fusesUnknown = true
        file.normalizer = [.sentencePiece(rules)]
        file.preTokenizerSteps = []
        file.decoder = [.sentencePiece(unknown: " ⁇ ", drops: .first)]
        return (file, keys)
    }

    @Test func theKeysExpressSentencePiecesMergesWithEqualScores() throws {
        var rules = SentencePieceRules()
        rules.collapsesSpaces = false
        for addsSpace in [true, false] {
            rules.addsDummySpace = addsSpace
            let (file, keys) = definitions(rules: rules)
            let lost = try file.differences(from: keys)
            #expect(lost == ["decoder"])
            #expect(file.isBetterInParts(losing: lost))
            let (mine, theirs) = (try Tokenizer(file), try Tokenizer(keys))
            for text in ["", "aba", "bab", " ab  ba", "abab aba", "é▁a", "<s>a", "a<0x41>"] {
                for parses in [true, false] {
                    #expect(
                        try mine.encode(text, parsingSpecialTokens: parses)
                            == theirs.encode(text, parsingSpecialTokens: parses), "\(text)")
                }
            }
            // A tokenizer.json ranks equal scores by id.
            let json = try Tokenizer(TokenizerDefinition(json: file.json()))
            #expect(
                try json.encode("bab", addingSpecialTokens: false) != mine.encode("bab", addingSpecialTokens: false))
        }
    }

    @Test func theKeysDoNotExpressOtherNormalization() throws {
        for change in 0..<3 {
            var rules = SentencePieceRules()
            rules.collapsesSpaces = change == 0
            rules.addsSpaceAtEnd = change == 1
            rules.keptTexts = change == 2 ? ["ab"] : []
            let (file, keys) = definitions(rules: rules)
            let lost = try file.differences(from: keys)
            #expect(lost.contains("normalizer") && !file.isBetterInParts(losing: lost))
        }
    }
}
