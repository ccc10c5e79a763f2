import TestSupport
import TextTokens
import Testing

/// Errors that quote from files: the quotes are shortened and cannot control a terminal.
struct ErrorTextTests {
    private static let hostile =
        "\u{1B}]0;owned\u{7}\u{9B}31m\u{202E}\u{2066}\u{2028}\u{7F}" + String(repeating: "x", count: 5_000_000)

    @Test func errorsQuoteAndShorten() {
        let text = Self.hostile
        let errors: [TokenizerError] = [
            .unsupportedModel(found: text, known: ["gpt2"]), .unsupportedPreTokenizer(found: text, known: ["gpt-2"]),
            .chatTemplate(line: 1, expected: "e", found: text), .conversationRefused(line: 1, message: text),
            .malformedMessage(place: text, expected: "e", found: "f"), .reservedChatValue(text),
            .missing(table: "t", model: text),
            .malformedMerge(index: 0, found: text), .duplicateToken(text), .unsuitableSpecialToken(text),
            .malformedPattern(pattern: text, offset: 0, expected: "e", found: text), .patternTooSlow(pattern: text),
            .missingSpecialToken(text), .malformedFile(place: text, expected: "e", found: text),
        ]
        for error in errors {
            let message = "\(error)"
            #expect(message.utf8.count < 1000)
            #expect(message.unicodeScalars.allSatisfy { !isObeyed($0) }, "\(message.debugDescription)")
            #expect(message.contains("\u{FFFD}]0;owned"))
        }
    }

    @Test func placesInATokenizerFileToo() {
        for json in [
            #"{"model":{"vocab":{"\u001b[31m":"0"},"merges":[]}}"#,
            #"{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"\u001b[31m"}},"#
                + #""model":{"vocab":{"a":0},"merges":[]}}"#,
            #"{"normalizer":{"type":"\u001b[31m"},"model":{"vocab":{"a":0},"merges":[]}}"#,
        ] {
            let error = #expect(throws: TokenizerError.self) { try TokenizerDefinition(json: Array(json.utf8)) }
            #expect(error?.description.unicodeScalars.contains { isObeyed($0) } == false)
        }
    }

    private func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x202E).contains(scalar.value)
            || (0x2066...0x2069).contains(scalar.value)
    }
}
