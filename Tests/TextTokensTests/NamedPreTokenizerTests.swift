import TestSupport
import Testing

@testable import TextTokens

/// The pre-tokenizers that GGUF files name.
struct NamedPreTokenizerTests {
    private static let scanned = NamedPreTokenizer.all.filter { NamedPreTokenizer.scanned.contains($0.names[0]) }

    @Test(arguments: scanned.indices) func scannersSplitAsTheirRegularExpressions(index: Int) throws {
        var random = SeededGenerator(seed: UInt64(index))
        let named = Self.scanned[index]
        let scanner = try PreTokenizer(steps: named.steps)
        let matcher = try PreTokenizer(matching: named.steps)
        for _ in 0..<(isOptimized ? 3000 : 300) {
            let text = text(&random)
            let same = try scanner.words(of: text) == matcher.words(of: text)
            #expect(same, "\(named.names[0]) \(String(decoding: text, as: UTF8.self).debugDescription)")
        }
    }

    private func text(_ random: inout SeededGenerator) -> [UInt8] {
        let pieces = [
            "a", "b", "Zu", "HTTP", "don't", "'LL", "'s", "'ſ", "'Ve", "é", "É", "ß", " ", " ", " ", "  ", "\n", "\r\n",
            "\t", "1", "23", "456", ".", "!?", "/", "-", "_", "$", "`", "|", "中文", "ア", "א", "\u{301}", "ǅ", "ʰ", "²",
            "٣",
            "½", "\u{3000}", "\u{A0}", "🦙", "\u{2028}", "▁", "\u{166D}", "\u{11DE0}", "\u{295}", "\u{200D}", "\u{88F}",
            "\u{FFFD}", "\u{7F}", "\0",
        ]
        let count = Int.random(in: 0...30, using: &random)
        var bytes = (0..<count).flatMap { _ in Array((pieces.randomElement(using: &random) ?? "").utf8) }
        if Int.random(in: 0..<4, using: &random) == 0, !bytes.isEmpty {
            let invalid: [UInt8] = [0xE2, 0xFF, 0x80, 0xF0]
            bytes.insert(
                invalid.randomElement(using: &random) ?? 0xFF, at: Int.random(in: 0..<bytes.count, using: &random))
        }
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let scalar = Unicode.Scalar(UInt32.random(in: 0...0x1_FFFF, using: &random)) ?? "?"
            bytes += Array(String(Character(scalar)).utf8)
        }
        return bytes
    }

    @Test func allRulesCompile() throws {
        for named in NamedPreTokenizer.all {
            let preTokenizer = try PreTokenizer(steps: named.steps)
            let text = Array("Hello,  World's 12345 été!\n\n  中文 x²".utf8)
            #expect(try preTokenizer.words(of: text).flatMap { $0 } == text, "\(named.names[0])")
            #expect(preTokenizer.onlyScans || !NamedPreTokenizer.scanned.contains(named.names[0]), "\(named.names)")
        }
    }

    @Test func namesOccurOnce() {
        let names = NamedPreTokenizer.all.flatMap(\.names)
        #expect(names.count > 80 && Set(names).count == names.count)
    }

    @Test func stepsHaveNames() throws {
        let expected = [
            "gpt-2": false, "smollm": false, "llama-bpe": true, "dbrx": false, "qwen2": false, "qwen35": false,
            "deepseek-r1-qwen": false, "mpt": false, "command-r": false,
            "gpt-4o": false, "tekken": true, "deepseek-v3": false, "deepseek-llm": false, "falcon": false,
            "kimi-k2": false,
        ]
        for (name, ignoresMerges) in expected {
            let named = try NamedPreTokenizer.known(name)
            let found = NamedPreTokenizer.name(
                of: named.steps, after: named.normalizer(of: name), ignoresMerges: ignoresMerges)
            #expect(found == name)
        }
        #expect(NamedPreTokenizer.name(of: [.whitespace], after: [], ignoresMerges: false) == nil)
        #expect(NamedPreTokenizer.name(of: NamedPreTokenizer.all[1].steps, after: [], ignoresMerges: true) == nil)
        let literal = NamedPreTokenizer.isolating(KnownPatterns.llama3(digits: "").replacing(#"\r\n"#, with: "\r\n"))
        #expect(NamedPreTokenizer.name(of: literal, after: [.nfc], ignoresMerges: false) == "qwen2")
    }

    @Test func missingAndUnknownNamesAssumeTheDefault() throws {
        for name in [nil, "", "no-such-rule\u{1B}"] {
            let named = try NamedPreTokenizer.find(name)
            let assumption = try #require(named.assumption)
            #expect(named.names == ["default"] && assumption.contains("\"default\""))
            #expect(!assumption.contains("\u{1B}") && (name?.isEmpty != false || assumption.contains("no-such-rule")))
        }
        #expect(try NamedPreTokenizer.find("default").assumption == nil)
        #expect(try NamedPreTokenizer.find("jina-v2-de").names[0] == "gpt-2")
        #expect(throws: TokenizerError.self) { try NamedPreTokenizer.find("gemma4") }
        #expect(throws: TokenizerError.self) { try NamedPreTokenizer.known("no-such-rule") }
    }

    @Test func conventionsFollowTheName() throws {
        for (name, whole, begins) in [
            ("llama-bpe", true, true), ("dbrx", false, false), ("glm4", true, false), ("tekken", true, true),
            ("gpt-4o", false, false), ("chameleon", false, true), ("youtu", true, false),
        ] {
            let named = try NamedPreTokenizer.known(name)
            #expect(named.prefersWholeWords == whole && named.addsBeginningOfText == begins, "\(name)")
        }
    }
}
