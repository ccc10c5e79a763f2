import Testing

@testable import CheckpointFiles

@Suite("A line of JSON Lines")
struct JSONLineTests {
    private func line(_ text: String) throws -> JSONLine {
        try JSONLine(Array(text.utf8), file: "a.jsonl", number: 3)
    }

    @Test func textsAreReadAsJSONSays() throws {
        let line = try line(
            #" {"prompt": "a\n\"\\\/\b\f\r\té 漢", "n": [-0, 1.5e+3, 0.1E-2, true, null, {"prompt": 2}], "answer":"\ud83d\ude00\u00e9"} "#
                + "\r")
        #expect(try line.text("prompt") == "a\n\"\\/\u{8}\u{C}\r\té 漢")
        #expect(try line.text("answer") == "😀é")
        #expect(line.keys == ["prompt", "n", "answer"])
    }

    @Test(arguments: [
        (#"{"a": NaN}"#, "a", "NaN, which is no JSON (null is)"),
        (#"{"a": "b", "s": -Infinity}"#, "s", "-Infinity, which is no JSON (null is)"),
        (#"{"a": None}"#, "a", "None, which is no JSON (null is)"), (#"{"a": True}"#, "a", "True, which is no JSON"),
        (#"{"a": 01}"#, "a", "01, which is no JSON"), (#"{"a": 1.}"#, "a", "1., which is no JSON"),
        (#"{"a": .5}"#, "a", ".5, which is no JSON"), (#"{"a": 1_000}"#, "a", "1_000, which is no JSON"),
        (#"{"a": "\ud83d"}"#, "a", "the lone surrogate \\ud83d, which is half of a character"),
        (#"{"a": "\ude00\ud83d"}"#, "a", "the lone surrogate \\ude00, which is half of a character"),
        (#"{"a": "\ud83d\u0041"}"#, "a", "the lone surrogate \\ud83d, which is half of a character"),
        (#"{"a": "\u12g4"}"#, "a", "\"\\u12g4\", where four hexadecimal digits are due"),
        (#"{"a": "\x41"}"#, "a", "\"\\x\", which is no escape of JSON"),
        ("{\"a\": \"b\tc\"}", "a", "a control character in a string (byte 8), where an escape such as \\n is due"),
        (#"{"a": "b",}"#, "", "a comma before }"), (#"{"a": [1,]}"#, "a", "a comma before ]"),
        (#"{"a": "b"} {"a": "c"}"#, "", "more after it: \"{\"a\": \"c\"}\""),
        (#"{"a": {"b": nan}}"#, "a", "nan, which is no JSON (null is)"),
        (#"{'a': 'b'}"#, "", "\"'a': 'b'}\", where a key in double quotes is due"),
        (#"{"a" "b"}"#, "", "\"\"b\"}\", where a colon after the key \"a\" is due"),
        (#"{"a": "b" "c": 1}"#, "", "\"\"c\": 1}\", where a comma or } is due"),
        (#"{"a": }"#, "a", "\"}\", where a value is due"), (#"{"a": "b"#, "a", "the line's end within a string"),
        (#"{"a": "b\"#, "a", "the line's end within a string"), (#"{"a": ["#, "a", "the line's end within a value"),
        (#"{"a": 1"#, "", "the line's end, where a comma or } is due"),
        ("{", "", "the line's end, where a key in double quotes is due"),
        ("", "", "nothing"), ("prompt: a", "", "prompt, which is no JSON"),
    ])
    func whatIsNoJSONIsSaid(_ text: String, _ key: String, _ found: String) throws {
        let error = #expect(throws: CheckpointError.self) { try line(text) }
        let name = key.isEmpty ? "" : "key \(key.quoted)"
        #expect(error == CheckpointError(file: "a.jsonl, line 3", name: name, expected: "valid JSON", found: found))
    }

    @Test func whatIsNoSuchObjectIsSaid() throws {
        func found(_ text: String, _ key: String = "answer") -> String? {
            let error = #expect(throws: CheckpointError.self) { try line(text).text(key) }
            return error.map { "\($0.name)|\($0.expected)|\($0.found)" }
        }
        #expect(found("[1]") == "|an object|a list")
        #expect(found("\"a\"") == "|an object|a string")
        #expect(found("{}") == #"|the key "answer"|no key"#)
        #expect(
            found(#"{"prompt": "", "completion": ""}"#) == #"|the key "answer"|only the keys "prompt", "completion""#)
        #expect(found(#"{"answer": ["a"]}"#) == #"key "answer"|a string|a list"#)
        #expect(found(#"{"answer": null}"#) == #"key "answer"|a string|null"#)
        #expect(found(#"{"answer": "a", "answer": "b"}"#) == #"key "answer"|each key once|it twice"#)
        let deep = String(repeating: "[", count: 100_000)
        #expect(found(#"{"answer": "# + deep) == #"key "answer"|valid JSON|more than 256 levels"#)
        let bytes = Array(#"{"answer": ""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        let error = #expect(throws: CheckpointError.self) { try JSONLine(bytes, file: "a", number: 1) }
        #expect(error?.description == "a, line 1: byte 12: expected text in UTF-8, found 0xff")
    }

    @Test func homeFoldersAreWhatShellsSay() throws {
        #expect(try HomeFolder.expand("~", home: "/h") == "/h")
        #expect(try HomeFolder.expand("~/a b/~", home: "/h") == "/h/a b/~")
        for path in ["a/~", "./~/a", "/~", ""] { #expect(try HomeFolder.expand(path, home: "/h") == path) }
        let user = #expect(throws: CheckpointError.self) { try HomeFolder.expand("~bob/a", home: "/h") }
        #expect(user?.found == "\"~bob/a\"")
        let none = #expect(throws: CheckpointError.self) { try HomeFolder.expand("~/a", home: nil) }
        #expect(none?.expected == "the variable HOME, for ~")
    }
}
