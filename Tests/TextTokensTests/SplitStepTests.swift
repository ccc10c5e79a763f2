import TestSupport
import Testing

@testable import TextTokens

/// Pre-tokenizers' steps, compared with the tokenizers library; `Tests/GoldenMakers/split_steps.py`.
struct SplitStepTests {
    private struct Golden: Decodable {
        struct Case: Decodable {
            var steps: [GoldenStep]
            /// The words of each text; in the byte-level alphabet if there is such a step.
            var words: [[String]]
        }

        var texts: [String]
        var cases: [Case]
    }

    private let golden: Golden

    init() throws { golden = try Goldens.json("split-steps.json") }

    @Test func wordsAreThoseOfTheReference() throws {
        #expect(golden.cases.count > 80)
        for known in golden.cases {
            let steps = try known.steps.map { try #require($0.step) }
            let isByteLevel = known.steps.contains { $0.type == "ByteLevel" }
            for preTokenizer in [try PreTokenizer(steps: steps), try PreTokenizer(matching: steps)] {
                for (text, expected) in zip(golden.texts, known.words) {
                    let words = try preTokenizer.words(of: Array(text.utf8)).map { word in
                        isByteLevel ? ByteAlphabet.text(word) : String(decoding: word, as: UTF8.self)
                    }
                    #expect(words == expected, "\(known.steps) \(text.debugDescription)")
                }
            }
        }
    }

    @Test func commonStepsHaveScanners() throws {
        for known in golden.cases[..<10] {
            #expect(try PreTokenizer(steps: known.steps.compactMap(\.step)).endsWordsBeforeSpaces)
        }
    }

    @Test func aMarkIsPutBeforeTheFirstPieceOnly() throws {
        let first = try PreTokenizer(steps: [.metaspace(mark: "▁", prepend: .first, splits: true)])
        #expect(try first.words(of: Array("a b".utf8)).map { String(decoding: $0, as: UTF8.self) } == ["▁a", "▁b"])
        #expect(
            try first.words(of: Array("a b".utf8), startsText: false).map { String(decoding: $0, as: UTF8.self) }
                == ["a", "▁b"])
    }

    @Test func twoByteLevelStepsAreRefused() {
        let step = PreTokenizerStep.byteLevel(addsPrefixSpace: false, splits: true)
        #expect(throws: TokenizerError.self) { try PreTokenizer(steps: [step, step]) }
    }

    /// Its mark would be no byte.
    @Test func metaspaceAfterByteLevelIsRefused() {
        let mark = PreTokenizerStep.metaspace(mark: "▁", prepend: .always, splits: true)
        let bytes = PreTokenizerStep.byteLevel(addsPrefixSpace: false, splits: false)
        #expect(throws: TokenizerError.self) { try PreTokenizer(steps: [bytes, mark]) }
        #expect(throws: Never.self) { try PreTokenizer(steps: [mark, bytes]) }
    }

    @Test func slowRulesEndInAnError() throws {
        let slow = try PreTokenizer(steps: [.split(.regex("(a+)+b"), .isolated, inverted: false)])
        #expect(throws: TokenizerError.patternTooSlow(pattern: "(a+)+b")) {
            try slow.words(of: Array(repeating: 0x61, count: 50), steps: 100_000)
        }
    }
}

extension PreTokenizer {
    /// The words of a text.
    func words(
        of text: [UInt8], startsText: Bool = true, steps: Int = ScalarPattern.stepLimit
    ) throws -> [[UInt8]] {
        var steps = steps
        let words = try words(in: text.span, text.indices, startsText: startsText, steps: &steps)
        let bytes = words.text ?? text
        var start = 0
        return words.ends.map { end in
            defer { start = end }
            return Array(bytes[start..<end])
        }
    }
}
