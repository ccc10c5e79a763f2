import TestSupport
import Testing

@testable import TextTokens

/// Regular expressions, compared with Oniguruma through the tokenizers library; `Tests/GoldenMakers/patterns.py`.
struct PatternTests {
    private struct Golden: Decodable {
        struct Case: Decodable {
            var pattern: String
            /// The places of the matches, in characters, by the index of the text; without empty matches.
            var matches: [String: [Int]]
        }

        var texts: [String]
        var refused: [String]
        var cases: [Case]
    }

    private let golden: Golden

    init() throws { golden = try Goldens.json("patterns.json") }

    @Test func matchesAreThoseOfOniguruma() throws {
        #expect(golden.cases.count > 180 && golden.texts.count > 30)
        for known in golden.cases {
            let pattern = try ScalarPattern(known.pattern)
            for (index, text) in golden.texts.enumerated() {
                let found = try matches(pattern, text)
                #expect(found == known.matches["\(index)"] ?? [], "\(known.pattern) in \(text.debugDescription)")
            }
        }
    }

    @Test func whatOnigurumaRefusesIsRefused() {
        for pattern in golden.refused {
            #expect(throws: TokenizerError.self, "\(pattern)") { try ScalarPattern(pattern) }
        }
    }

    @Test(arguments: [
        (#"(a)\1"#, "character 4", "without back references", #"\1"#),
        (#"(?<n>a)\k<n>"#, "character 8", "without back references", #"\k"#),
        (#"(?<n>a|b\g<n>c)"#, "character 9", "without recursion", #"\g"#),
        ("(?(1)a|b)", "character 1", "without conditions", "(?"), ("(?~ab)", "character 1", "without absent", "(?"),
        ("a(*FAIL)", "character 2", "without callouts", "(*"), (#"\X"#, "character 1", "grapheme", #"\X"#),
        (#"a\Kb"#, "character 2", #"without \K"#, #"\K"#), (#"\p{Klingon}"#, "character 1", "script", #"\p{Klingon}"#),
    ]) func refusalsNameTheConstruct(pattern: String, place: String, expected: String, found: String) {
        let error = #expect(throws: TokenizerError.self) { try ScalarPattern(pattern) }
        let message = error?.description ?? ""
        #expect(message.contains(place) && message.contains(expected) && message.contains(found), "\(message)")
    }

    @Test func sizeAndDepthAreLimited() {
        let deep = String(repeating: "(", count: 10_000) + String(repeating: ")", count: 10_000)
        let brackets = String(repeating: "[", count: 5000) + "a" + String(repeating: "]", count: 5000)
        for pattern in [
            deep, String(deep.dropFirst(5001).dropLast(5001)), brackets, "(?:(?:ab){1000}){1000}",
            "(?:a{1000}b){1000}{1000}",
            "(?:(?:(?:(?:){1000}){1000}){1000}){1000}", String(repeating: "a", count: 100_000),
            String(repeating: "(?i)", count: 200),
        ] {
            #expect(throws: TokenizerError.self, "\(pattern.prefix(20))") { try ScalarPattern(pattern) }
        }
    }

    /// All patterns of a tokenizer share a budget.
    @Test func manyPatternsAreLimited() {
        func pattern(_ count: Int) -> String { #"(?:\p{L}?\p{N}?\w?){\#(count)}"# }
        var budget = PatternBudget()
        let duration = ContinuousClock().measure {
            #expect(throws: Never.self) { for count in 300..<303 { _ = try budget.compile(pattern(count)) } }
            #expect(throws: TokenizerError.self) { for count in 300..<400 { _ = try budget.compile(pattern(count)) } }
        }
        if isOptimized { #expect(duration < .seconds(1)) }
    }

    @Test func manySetsAreLimited() {
        func classes(_ count: Int) -> String {
            (0..<count).map { "[a\(Unicode.Scalar(0x4E00 + UInt32($0)) ?? "a")]" }.joined()
        }
        // With all that ignoring case adds, each has dozens of alternatives.
        func folded(_ count: Int) -> String { "(?i:" + String(repeating: #"[\p{L}\d]"#, count: count) + ")" }
        #expect(throws: Never.self) { try ScalarPattern(classes(100)) }
        #expect(throws: Never.self) { try ScalarPattern(folded(3)) }
        let duration = ContinuousClock().measure {
            for pattern in [classes(2400), folded(isOptimized ? 900 : 90)] {
                #expect(throws: TokenizerError.self) { try ScalarPattern(pattern) }
            }
        }
        if isOptimized { #expect(duration < .seconds(1)) }
    }

    @Test(arguments: [
        ("(a+)+b", 40), ("(a*)*b", 3000), ("(?:a|aa)+$", 60), ("(?:aa|a)*b", 60), (#"\w+!"#, 100_000),
        (#"\w+\s*\w+!"#, 3000), ("(.*)(.*)(.*)(.*)x", 3000), ("(?=(a+)+b)a", 40), ("(?<!(a+)+)c|a(?=.*x)", 100_000),
        ("(?:(?:a?){50}){50}b", 3000), ("(?:a?){60}a{60}$", 59),
    ]) func slowPatternsEndInAnError(pattern: String, count: Int) throws {
        let text = Array(String(repeating: "a", count: count).utf8) + Array("-".utf8)
        let pattern = try ScalarPattern(pattern)
        let duration = ContinuousClock().measure {
            #expect(throws: TokenizerError.patternTooSlow(pattern: pattern.pattern)) {
                var steps = isOptimized ? ScalarPattern.stepLimit : 200_000
                try pattern.forEachMatch(in: text.span, text.indices, steps: &steps) { _ in }
            }
        }
        if isOptimized { #expect(duration < .seconds(1)) }
    }

    @Test func longTextsAreNotSlow() throws {
        let count = isOptimized ? 3_000_000 : 10_000
        for pattern in [#"\p{L}+|\s+(?!\S)|\s*[\r\n]+"#, "(?:ab|a)*b?", "[a-z]", "q", "(?<=a)b(?=a)"] {
            for unit in ["a", " ", "ab", "é", "\n", "a b\n"] {
                let text = Array(String(repeating: unit, count: count / unit.utf8.count).utf8)
                var steps = ScalarPattern.stepLimit
                try ScalarPattern(pattern).forEachMatch(in: text.span, text.indices, steps: &steps) { _ in }
            }
        }
    }

    @Test func invalidBytesAreCharactersOfTheirOwn() throws {
        let text: [UInt8] = [0x61, 0xFF, 0xE2, 0x82, 0x62, 0xC0, 0x80]
        var found: [Range<Int>] = []
        var steps = ScalarPattern.stepLimit
        try ScalarPattern(#"(?<=[^b])."#).forEachMatch(in: text.span, text.indices, steps: &steps) { found.append($0) }
        #expect(found == [1..<2, 2..<3, 3..<4, 4..<5, 6..<7])
    }

    /// The places of the matches in characters.
    private func matches(_ pattern: ScalarPattern, _ text: String) throws -> [Int] {
        let bytes = Array(text.utf8)
        var places: [Int] = []
        var steps = ScalarPattern.stepLimit
        try pattern.forEachMatch(in: bytes.span, bytes.indices, steps: &steps) { match in
            if !match.isEmpty { places += [match.lowerBound, match.upperBound] }
        }
        return places.map { place in bytes[..<place].count { !UTF8Sequence.isContinuation($0) } }
    }
}
