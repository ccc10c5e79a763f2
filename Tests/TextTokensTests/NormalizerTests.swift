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
        #expect(try result("aa", times: 16).count == 1 << 16)
        let long = String(repeating: "a", count: 1 << 16)
        for (replacement, times) in [("aa", 64), (long, 8)] {
            let error = #expect(throws: TokenizerError.self) { try result(replacement, times: times) }
            #expect(error?.description.hasPrefix("normalizer: expected at most 1048640 bytes") == true)
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
