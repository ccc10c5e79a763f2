import CheckpointFiles
import Testing

struct JSONTreeTests {
    private func shown(_ tree: JSONTree) -> String {
        switch tree {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let text): text
        case .text(let text): text.debugDescription
        case .list(let list): "[" + list.map(shown).joined(separator: ",") + "]"
        case .object(let members): "{" + members.map { "\($0.key):\(shown($0.value))" }.joined(separator: ",") + "}"
        }
    }

    @Test(arguments: [
        ("null", "null"), (" true ", "true"), ("\u{FEFF}-1.50e+3", "-1.50e+3"), ("[]", "[]"), ("{ }", "{}"),
        (#"{"b":[1, {"a" : "x\n\u00e9"} ,[[]]] , "a":false}"#, #"{b:[1,{a:"x\né"},[[]]],a:false}"#),
        ("[\t\"]\", \"}\" ,\r\n\"\\\\\"]", #"["]","}","\\"]"#),
    ]) func valuesKeepTheirOrder(json: String, expected: String) throws {
        let tree = try JSONTree(Array(json.utf8), name: "test", atMost: .description)
        #expect(shown(tree) == expected)
    }

    @Test(arguments: ["", "[1,]", #"{"a":1,"a":2}"#, "nul", String(repeating: "[", count: 100)])
    func invalidTextIsAnError(json: String) {
        let error = #expect(throws: FileError.self) {
            try JSONTree(Array(json.utf8), name: "test", atMost: .description)
        }
        #expect(error?.file == "test")
    }
}
