import TestSupport
import Testing

@testable import TextTokens

/// Unicode's normalization forms compared with those of Python's `unicodedata`.
struct NormalizationFormTests {
    private struct Golden: Decodable {
        var unicode: String
        var hashes: [String: String]
        /// Each a text and its NFC, NFD, NFKC and NFKD.
        var cases: [[String]]
    }

    private let golden: Golden

    init() throws { golden = try Goldens.json("normalization.json") }

    @Test(arguments: NormalizationForm.allCases) func allCharactersAreThoseOfPython(_ form: NormalizationForm) {
        var text: [UInt8] = []
        for codePoint: UInt32 in 0..<0x11_0000 where Unicode.Scalar(codePoint) != nil {
            UTF8Sequence.append(codePoint, to: &text)
            text.append(UInt8(ascii: "\n"))
        }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in form.normalized(text) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let digits = String(hash, radix: 16)
        #expect(String(repeating: "0", count: 16 - digits.count) + digits == golden.hashes["\(form)"])
    }

    @Test func sequencesAreThoseOfPython() {
        #expect(golden.unicode == "9.0.0")
        #expect(golden.cases.count == 120)
        for texts in golden.cases {
            for (form, expected) in zip(NormalizationForm.allCases, texts.dropFirst()) {
                // Strings are equal if they are canonically equivalent, so bytes are compared.
                let normalized = form.normalized(Array(texts[0].utf8))
                #expect(normalized == Array(expected.utf8), "\(form) of \(texts[0].debugDescription)")
            }
        }
    }

    @Test(arguments: NormalizationForm.allCases) func normalizingAgainChangesNothing(_ form: NormalizationForm) {
        for texts in golden.cases {
            let once = form.normalized(Array(texts[0].utf8))
            #expect(form.normalized(once) == once)
        }
    }

    @Test func longRunsOfMarksAreSorted() {
        let count = 20_000
        let text = "a" + String(repeating: "\u{0301}\u{0323}", count: count) + "b"
        let marks =
            Array(String(repeating: "\u{0323}", count: count).utf8)
            + Array(String(repeating: "\u{0301}", count: count).utf8)
        #expect(NormalizationForm.nfd.normalized(Array(text.utf8)) == [0x61] + marks + [0x62])
        let composed = Array("\u{1EA1}".utf8) + marks.dropFirst(2) + [0x62]
        #expect(NormalizationForm.nfc.normalized(Array(text.utf8)) == composed)
    }

    @Test func invalidBytesStay() {
        let text: [UInt8] = [0x65, 0xFF, 0xCC, 0x81, 0x65, 0xCC, 0x81, 0xE2, 0x96]
        #expect(NormalizationForm.nfc.normalized(text) == [0x65, 0xFF, 0xCC, 0x81, 0xC3, 0xA9, 0xE2, 0x96])
    }
}
