import CheckpointFiles
import Testing

@Suite("String members of a JSON object")
struct JSONMemberTextTests {
    private func object(_ text: String) throws(FileError) -> JSONMembers {
        try JSONMembers(Array(text.utf8), name: "a.jsonl, line 3")
    }

    @Test func textsAreReadAsJSONSays() throws {
        let object = try object(
            #" {"prompt": "a\n\"\\\/\b\f\r\té 漢", "n": [-0, 1.5e+3, {"prompt": 2}], "answer":"\ud83d\ude00\u00e9"} "#
                + "\r")
        #expect(try object.text("prompt", name: "") == "a\n\"\\/\u{8}\u{C}\r\té 漢")
        #expect(try object.text("answer", name: "") == "😀é")
        #expect(object.keys == ["answer", "n", "prompt"])
    }

    @Test(arguments: [
        (#"{"prompt": "", "completion": ""}"#, #"the key "answer""#, #"only the keys "completion", "prompt""#),
        ("{}", #"the key "answer""#, "no key"), (#"{"answer": ["a"]}"#, "a string", "a list"),
        (#"{"answer": {}}"#, "a string", "an object"), (#"{"answer": null}"#, "a string", "null"),
        (#"{"answer": 1e999}"#, "a string", "a number"), (#"{"answer": false}"#, "a string", "true or false"),
        ("[1]", "an object", "a list"), ("\"a\"", "an object", "a string"),
        (
            #"{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1}"#, #"the key "answer""#,
            #"only the keys "a", "b", "c", "d", "e", "f" and 1 more"#
        ),
    ])
    func whatIsNoSuchTextIsSaid(_ text: String, _ expected: String, _ found: String) throws {
        let error = #expect(throws: FileError.self) { try object(text).text("answer", name: "a.jsonl, line 3") }
        #expect(error?.file == "a.jsonl, line 3")
        #expect(error?.expected == expected)
        #expect(error?.found.contains(found) == true, "\(error as Any)")
    }
}
