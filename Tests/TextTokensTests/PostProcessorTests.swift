import TestSupport
import TextTokens
import Testing

/// The post-processor of a tokenizer.json is applied exactly or refused by name. The expected ids are those of Hugging
/// Face's tokenizers 0.23.3.
struct PostProcessorTests {
    private let byteLevel = #"{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true}"#

    /// The tokenizer with tokens 256 `<s>` and 257 `</s>`, and a post-processor.
    private func definition(_ processor: String) throws -> TokenizerDefinition {
        let plain = try TinyVocabulary.byteLevel("gpt-2", control: ["<s>", "</s>"]).json()
        let text = String(decoding: plain, as: UTF8.self)
        let own = try #require(text.firstRange(of: #""post_processor":{"#))
        let end = try #require(text[own.upperBound...].firstIndex(of: "}"))
        return try TokenizerDefinition(
            json: Array(
                (text[..<own.lowerBound] + "\"post_processor\":" + processor + text[text.index(after: end)...]).utf8))
    }

    private func ids(_ processor: String) throws -> [Int32] { try Tokenizer(definition(processor)).encode("a") }

    private func template(_ single: String, ids: String = "257") -> String {
        #"{"type":"TemplateProcessing","single":[\#(single)],"pair":[],"special_tokens":"#
            + #"{"<s>":{"id":"<s>","ids":[\#(ids)],"tokens":["<s>"]}}}"#
    }

    @Test func itsTokensAreAdded() throws {
        let pair = #""sep":["</s>",257],"cls":["<s>",256]"#
        #expect(try ids("null") == [97])
        #expect(try ids(byteLevel) == [97])
        #expect(
            try ids(#"{"type":"RobertaProcessing",\#(pair),"trim_offsets":true,"add_prefix_space":false}"#) == [
                256, 97, 257,
            ])
        #expect(try ids(#"{"type":"BertProcessing",\#(pair)}"#) == [256, 97, 257])
        // Ids come from the table, not from the names.
        let named = template(#"{"SpecialToken":{"id":"<s>"}},{"Sequence":{"id":"A"}}"#)
        #expect(try ids(#"{"type":"Sequence","processors":[\#(byteLevel),\#(named)]}"#) == [257, 97])
        #expect(try ids(template(#"{"Sequence":{"id":"A"}},{"SpecialToken":{"id":"<s>"}}"#)) == [97, 257])
        // Several at each end.
        let both = #"{"SpecialToken":{"id":"<s>"}},{"Sequence":{"id":"A"}}"#
        #expect(try ids(template(both, ids: "256,257")) == [256, 257, 97])
        #expect(try ids(template(#"{"SpecialToken":{"id":"<s>"}},\#(both)"#)) == [257, 257, 97])
        #expect(try ids(template(both + #",{"SpecialToken":{"id":"<s>"}}"#, ids: "256,97")) == [256, 97, 97, 256, 97])
        #expect(
            try Tokenizer(definition(template(#"{"Sequence":{"id":"A"}},{"SpecialToken":{"id":"<s>"}}"#)))
                .encode(prompt: "a") == [97])
    }

    @Test func othersAreRefusedByName() {
        let both = #"{"SpecialToken":{"id":"<s>"}},{"Sequence":{"id":"A"}}"#
        for (processor, part) in [
            (#"{"type":"MagicProcessing"}"#, "\"MagicProcessing\""),
            (#"{"type":"Sequence","processors":[{"type":"Nested"}]}"#, "\"Nested\""),
            (template(#"{"Sequence":{"id":"B"}}"#), "other texts"),
            (template(#"{"Sequence":{"id":"A"}},{"Sequence":{"id":"A"}}"#), "other texts"),
            (template(both, ids: "300"), "found 300"),
            (#"{"type":"Sequence","processors":[\#(template(both)),\#(template(both))]}"#, "several"),
        ] {
            let error = #expect(throws: TokenizerError.self, "\(processor)") { try definition(processor) }
            #expect(error?.description.hasPrefix("post_processor") == true)
            #expect(error?.description.contains(part) == true, "\(part) in \(error?.description ?? "")")
        }
    }

    @Test func whatIsNotAppliedIsSaid() throws {
        let text = String(decoding: try TinyVocabulary.byteLevel("gpt-2").json(), as: UTF8.self)
        let cut = text.split(separator: #""truncation":null"#, omittingEmptySubsequences: false)
        let read = try TokenizerDefinition(json: Array((cut[0] + #""truncation":{"max_length":8}"# + cut[1]).utf8))
        #expect(read.notes == ["the tokenizer's truncation is not applied"])
        #expect(try Tokenizer(read).notes == read.notes)
        #expect(try TokenizerDefinition(json: Array(text.utf8)).notes == [])
    }
}
