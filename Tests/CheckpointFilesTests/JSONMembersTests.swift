import CheckpointFiles
import TestSupport
import Testing

struct JSONMembersTests {
    private let folder = TemporaryFolder()

    private func members(_ text: String) throws(FileError) -> JSONMembers {
        try JSONMembers(file: folder.write(Array(text.utf8), as: "file.json"))
    }

    @Test func valuesStayAsTheyAreWritten() throws {
        let text = #"{ "a" : 2.0, "\u00fc,:{}\"" :[1, {"b": "]}\\\"" }] ,"c":null,"d":1e30,"e": "x:,"}"#
        let members = try members(text)
        #expect(
            members.values == [
                "a": "2.0", "ü,:{}\"": #"[1, {"b": "]}\\\"" }]"#, "c": "null", "d": "1e30", "e": "\"x:,\"",
            ])
        // Writing and rereading preserves the values.
        #expect(try self.members(String(decoding: members.json, as: UTF8.self)).values == members.values)
        #expect(try self.members("{}").values == [:])
    }

    @Test func valuesOfAnyTypeAreRead() throws {
        let members = try members(#"{"a": "x", "b": 4, "c": ["y"], "d": null, "e": {"f": true}}"#)
        #expect(members.value("a") == "x" && members.value("b") == 4 && members.value("c") == ["y"])
        #expect(members.object("e")?.value("f") == true)
        // Missing, null, or of another type.
        #expect(members.value("z", as: String.self) == nil && members.value("d", as: String.self) == nil)
        #expect(members.value("b", as: String.self) == nil && members.value("a", as: Int.self) == nil)
        #expect(members.object("a") == nil && members.object("c") == nil && members.object("d") == nil)
    }

    @Test func othersReplaceAndKeysAreSorted() throws {
        let merged = try members(#"{"b":1,"a":2}"#).merging(members(#"{"b":3}"#))
        #expect(String(decoding: merged.json, as: UTF8.self) == "{\n  \"a\" : 2,\n  \"b\" : 3\n}\n")
        #expect(merged.filter { $0 == "a" }.values == ["a": "2"])
    }

    @Test(arguments: [
        ("", "file.json: expected "), ("[]", "expected an object, found a list"), ("1", "found a number"),
        ("\"{}\"", "found a string"), ("true", "found true or false"), ("null", "found null"),
        ("{", "column 2: expected"),
        (#"{"a":}"#, "column 6, key \"a\": expected a value"), (#"{"a":1,"\u0061":2}"#, "expected each key once"),
        (#"{"a":1,}"#, "expected a key in quotation marks"), (#"{"a":NaN}"#, "found NaN"),
    ]) func othersAreErrors(text: String, message: String) {
        let error = #expect(throws: FileError.self) { try members(text) }
        #expect(error?.description.contains(message) == true, "\(error as Any)")
    }

    /// Only the outermost object's members count, wherever it begins in the text.
    @Test func membersOfMembersAreNone() throws {
        let members = try members("\u{FEFF}\r\n{\"a\":\t{\"b\":[{\"c\":1}]}\n, \"d\" :[] }\n")
        #expect(members.values == ["a": "{\"b\":[{\"c\":1}]}", "d": "[]"])
    }
}
