import CheckpointFiles
import TestSupport
import Testing

struct JSONMembersTests {
    private let folder = TemporaryFolder()

    private func members(_ text: String) throws(CheckpointError) -> JSONMembers {
        try JSONMembers(file: folder.write(Array(text.utf8), as: "file.json"))
    }

    @Test func valuesStayAsTheyAreWritten() throws {
        let text = #"{ "a" : 2.0, "\u00fc,:{}\"" :[1, {"b": "]}\\\"" }] ,"c":null,"d":1e30,"e": "x:,"}"#
        let members = try members(text)
        #expect(
            members.values == [
                "a": "2.0", "ü,:{}\"": #"[1, {"b": "]}\\\"" }]"#, "c": "null", "d": "1e30", "e": "\"x:,\"",
            ])
        // What is written says the same.
        #expect(try self.members(String(decoding: members.json, as: UTF8.self)).values == members.values)
        #expect(try self.members("{}").values == [:])
    }

    @Test func othersReplaceAndKeysAreSorted() throws {
        let merged = try members(#"{"b":1,"a":2}"#).merging(members(#"{"b":3}"#))
        #expect(String(decoding: merged.json, as: UTF8.self) == "{\n  \"a\" : 2,\n  \"b\" : 3\n}\n")
        #expect(merged.filter { $0 == "a" }.values == ["a": "2"])
    }

    @Test(arguments: ["", "[]", "1", "{", #"{"a":}"#]) func othersAreErrors(text: String) {
        #expect(throws: CheckpointError.self) { try members(text) }
    }
}
