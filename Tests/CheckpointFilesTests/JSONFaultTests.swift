import CheckpointFiles
import Testing

@Suite("Errors of JSON and their places")
struct JSONFaultTests {
    private struct Content: Decodable {
        struct Inner: Decodable { let small: Int32? }
        let width: Int?
        let scale: Float?
        let base: Double?
        let ends: OneOrMany?
        let inner: [Inner]?
        let text: String?
    }

    private func complaint(_ bytes: [UInt8]) -> String? {
        do {
            _ = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
                try JSONText.decode(bytes, file: "f", as: Content.self)
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func complaint(_ text: String) -> String? { complaint(Array(text.utf8)) }

    @Test(arguments: [
        #"{"width": 64, "ignored": [1e999, -0.5e-7, true, null, {}, "\ud83d\ude00 \" \\ \/ \u00e9"]}"#, " {\n}\r\n\t",
        "\u{FEFF}{\"scale\": 1}", #"{"width": 1e2, "ends": [1, 2], "text": "é\u007f"}"#, #"{"a": 1, "A": 1, "á": 2}"#,
    ]) func whatIsRead(text: String) { #expect(complaint(text) == nil) }

    @Test(arguments: [
        (
            #"{"width": 1e30}"#,
            #"key "width": expected an integer in -9223372036854775808...9223372036854775807, found 1e30"#
        ),
        (#"{"width": 9223372036854775808}"#, "found 9223372036854775808"), (#"{"width": 1.5}"#, "found 1.5"),
        // The same number elsewhere is not at fault.
        (#"{"other": 1e30, "inner": [{}, {"other": 1e30, "small": 1e30}]}"#, #"key "inner[1].small""#),
        (#"{"inner": [{"small": 4294967296}]}"#, "expected an integer in -2147483648...2147483647, found 4294967296"),
        (#"{"ends": 1e30}"#, #"key "ends""#), (#"{"ends": [7, 1e30]}"#, #"key "ends[1]""#),
        (#"{"scale": 1e40}"#, "expected a number up to 3.4028235e+38 in magnitude, found 1e40"),
        (#"{"base": -1e999}"#, "expected a number up to 1.7976931348623157e+308 in magnitude, found -1e999"),
        (#"{"width": "64"}"#, "expected an integer, found a string"),
    ]) func numbers(text: String, message: String) {
        #expect(complaint(text)?.hasPrefix("f: key ") == true)
        #expect(complaint(text)?.contains(message) == true, "\(complaint(text) ?? "nothing")")
    }

    @Test(arguments: [
        (
            "{\n \"scale\": NaN}",
            #"f: line 2, column 11, key "scale": expected a value, found NaN, which Python writes"#
        ),
        ("{\"é\": [0, -Infinity]}", #"f: column 11, key "é[1]": expected a number, found -Infinity"#),
        (
            #"{"width": 1, "x": {"a": 1, "b": 2, "a": 1}}"#,
            #"column 37, key "x": expected each key once, found "a" again"#
        ),
        (#"{"width": 1, "\u0077idth": 2}"#, "expected each key once"),
        ("{\"\u{E9}\": 1, \"e\u{301}\": 2}", "again, in another form of Unicode"),
        (#"{"K": 1, "\u212a": 2}"#, "again, in another form of Unicode"),
        (
            #"{"text": "\ud800"}"#,
            #"f: column 11, key "text": expected Unicode text, found half of a surrogate pair, \ud800"#
        ),
        (#"{"text": "\ud800\u0041"}"#, "half of a surrogate"), (#"{"text": "\udc00"}"#, "half of a surrogate"),
        (#"{"width": 1,}"#, #"column 13: expected a key in quotation marks, found "}""#),
        ("[1,]", "expected a value, found \"]\""),
        (#"{"width": 1 2}"#, #"expected "," or "}", found "2""#), ("{'width': 1}", "double quotation marks"),
        (#"{"width": 01}"#, "without leading zeros"), (#"{"width": 1.}"#, "expected a digit"),
        (#"{"width": 1} x"#, #"column 14: expected the end, found "x""#),
        ("{\"width\": ", "expected a value, found the end"),
        ("{\"text\": \"a", "found the end of the text"),
        ("{\"text\": \"a\u{1}\"}", "expected no control character in a string, found 0x1"),
        (#"{"text": "\x41"}"#, "a valid JSON escape"), (#"{"text": "\u12g4"}"#, "four hexadecimal digits"),
        ("", "expected a value"),
        (#"{"width": True}"#, "found \"True\""), (#"{"width": 1 // wide"#, "found \"//\""),
    ]) func syntax(text: String, message: String) {
        #expect(complaint(text)?.contains(message) == true, "\(complaint(text) ?? "nothing")")
    }

    @Test func tooMuch() {
        for opening in ["[", "{\"a\":"] {
            #expect(complaint(String(repeating: opening, count: 100_000))?.contains("at most 64 deep") == true)
        }
        let lists = "[" + String(repeating: "[],", count: 200_000)
        #expect(complaint(lists)?.contains("expected at most 131072 values, found more") == true)
    }

    @Test func otherEncodings() {
        let utf16 = "{\"width\": 1}".utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        for bytes in [utf16, [0xFF, 0xFE] + utf16, [0xFE, 0xFF, 0] + utf16] {
            #expect(complaint(bytes) == "f: column 1: expected JSON in UTF-8, found UTF-16 or UTF-32")
        }
        let latin = Array("{\"text\": \"".utf8) + [0xE9] + Array("\"}".utf8)
        #expect(complaint(latin) == #"f: column 11, key "text": expected valid UTF-8, found the byte 0xe9"#)
    }

    /// Every prefix and every change of one byte is either read or refused; nothing traps.
    @Test func damage() {
        let valid = Array(#"{"width": 64, "inner": [{"small": -1.5e3}], "text": "aé\u00e9\ud83d\ude00"}"#.utf8)
        for index in valid.indices {
            #expect(complaint(Array(valid[..<index])) != nil)
            for byte in [0, 0x22, 0x2C, 0x5C, 0x7D, 0x80, 0xFF] as [UInt8] {
                var damaged = valid
                damaged[index] = byte
                _ = complaint(damaged)
            }
        }
    }
}
