import Foundation
import TestSupport
import Testing

@testable import TextTokens

/// The steps of normalizers compared with Hugging Face's tokenizers.
struct NormalizerTests {
    private struct Golden: Decodable {
        var table: String
        var texts: [String]
        var outputs: [String: [String]]

        var tableBytes: [UInt8] { Array(Data(base64Encoded: table) ?? Data()) }
    }

    private let golden: Golden

    init() throws { golden = try Goldens.json("normalizers.json") }

    @Test(arguments: [TextPattern.text("a"), .regex("a")])
    func textsThatGrowTooMuchAreErrors(_ pattern: TextPattern) throws {
        func result(_ replacement: String, times: Int) throws -> [UInt8] {
            let steps = Array(repeating: NormalizerStep.replace(pattern, with: replacement), count: times)
            return try Normalizer(steps).normalized([UInt8(ascii: "a")])
        }
        #expect(try result("aa", times: 14).count == 1 << 14)
        let long = String(repeating: "a", count: 1 << 16)
        for (replacement, times) in [("aa", 64), (long, 8)] {
            let error = #expect(throws: TokenizerError.self) { try result(replacement, times: times) }
            #expect(error?.description.hasPrefix("normalizer or decoder: expected at most 65792 bytes") == true)
        }
    }

    @Test func stepsAreThoseOfTheReference() throws {
        let steps: [String: NormalizerStep] = [
            "lowercase": .lowercase, "strip": .strip(left: true, right: true),
            "strip-right": .strip(left: false, right: true), "strip-accents": .stripAccents,
            "prepend": .prepend("\u{2581}"), "replace-text": .replace(.text("a"), with: "aa"),
            "replace-empty": .replace(.regex("b*"), with: "-"),
            "replace-regex": .replace(.regex(" {2,}|(?<=e)x?"), with: "_"),
            "precompiled": .precompiled(golden.tableBytes),
        ]
        #expect(Set(golden.outputs.keys) == Set(steps.keys))
        for (name, step) in steps {
            let normalizer = try Normalizer([step])
            let expected = try #require(golden.outputs[name])
            for (text, expected) in zip(golden.texts, expected) {
                let normalized = try normalizer.normalized(Array(text.utf8))
                #expect(normalized == Array(expected.utf8), "\(name) of \(text.debugDescription)")
            }
        }
    }

    @Test func stepsFollowEachOther() throws {
        let normalizer = try Normalizer([.nfd, .stripAccents, .lowercase, .replace(.text("ss"), with: "ß")])
        #expect(try normalizer.normalized(Array("ÉSSÜ".utf8)) == Array("eßu".utf8))
        #expect(try Normalizer([]).isEmpty)
        #expect(!normalizer.isEmpty)
    }

    /// Steps that together would need terabytes, and one that reads the rest of the text for each match.
    @Test func textsThatGrowOrTakeLongAreErrors() throws {
        let tenfold = NormalizerStep.replace(.text("a"), with: "aaaaaaaaaa")
        let always = NormalizerStep.replace(.regex("(?=a)|b*"), with: "aaaaaaaaaa")
        let text = Array(String(repeating: "a", count: 100).utf8)
        for step in [tenfold, always] {
            #expect(try Normalizer([step]).normalized(text).count > 900)
            for steps in [
                Array(repeating: step, count: 12), [.nfkd, .prepend("b")] + Array(repeating: step, count: 9),
            ] {
                #expect(throws: TokenizerError.self) { try Normalizer(steps).normalized(text) }
            }
        }
        let table = NormalizerStep.replace(.text("a"), with: String(repeating: "ﷺ", count: 1000))
        #expect(throws: TokenizerError.self) {
            try Normalizer([table, .nfkd, .replace(.text("ل"), with: String(repeating: "b", count: 1000))])
                .normalized(text)
        }
        let quadratic = try Normalizer([.replace(.regex("a(?=.*c)|a"), with: "b")])
        let long = Array(String(repeating: "a", count: isOptimized ? 200_000 : 20_000).utf8)
        #expect(throws: TokenizerError.patternTooSlow(pattern: "a(?=.*c)|a")) { try quadratic.normalized(long) }
    }

    /// The parts of a text share its steps.
    @Test func partsOfATextAreLimitedTogether() throws {
        let step = NormalizerStep.replace(.regex("(?:a|aa)+c"), with: "b")
        let normalizer = try Normalizer([step])
        let part = Array(String(repeating: "a", count: 20).utf8)
        var limits = RewritingLimits(textLength: part.count)
        limits.patternSteps = 1_000_000
        #expect(try normalizer.normalized(part, within: &limits) == part)
        #expect(throws: TokenizerError.patternTooSlow(pattern: "(?:a|aa)+c")) {
            for _ in 0..<20 { _ = try normalizer.normalized(part, within: &limits) }
        }
    }

    @Test func damagedTablesAreRefusedOrHarmless() throws {
        let table = golden.tableBytes
        let text = Array(golden.texts.joined(separator: " ").utf8)
        let trieSize = (0..<4).reduce(0) { $0 | Int(table[$1]) << ($1 * 8) }
        for count in stride(from: 0, to: 4 + trieSize, by: 13) {
            #expect(throws: TokenizerError.self) { try Normalizer([.precompiled(Array(table.prefix(count)))]) }
        }
        var random = SeededGenerator(seed: 1)
        for _ in 0..<FuzzInputs.count(300) {
            var damaged = table
            let place = Int.random(in: 0..<table.count, using: &random)
            damaged[place] ^= UInt8.random(in: 1...255, using: &random)
            var rules = SentencePieceRules()
            rules.charsmap = damaged
            // Not all damage can be detected, but it never traps.
            for step in [NormalizerStep.precompiled(damaged), .sentencePiece(rules)] {
                guard let normalizer = try? Normalizer([step]) else { continue }
                #expect(try !normalizer.normalized(text).isEmpty)
            }
        }
    }
}
