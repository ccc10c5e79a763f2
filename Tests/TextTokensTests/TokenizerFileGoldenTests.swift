import TestSupport
import Testing
import TextTokens

/// Tiny tokenizer.json files that each use one feature, against Hugging Face's tokenizers 0.23.3.
struct TokenizerFileGoldenTests {
    struct File: Decodable, Sendable, CustomTestStringConvertible {
        struct Text: Decodable, Sendable {
            let text: String
            let ids: [Int32]
            let decoded: String
        }

        let name: String
        let tokenizer: String
        let texts: [Text]

        var testDescription: String { name }
    }

    static let files: [File] = (try? Goldens.json("tokenizer-files.json")) ?? []

    @Test func thereAreFiles() { #expect(Self.files.count > 20) }

    @Test(arguments: files) func idsAndTextsAreThoseOfTheLibrary(file: File) throws {
        try check(Tokenizer(TokenizerDefinition(json: Array(file.tokenizer.utf8))), file)
    }

    /// What we write is read as the same tokenizer; written again, it gives the same bytes.
    @Test(arguments: files) func whatIsWrittenIsTheSame(file: File) throws {
        let definition = try TokenizerDefinition(json: Array(file.tokenizer.utf8))
        let read = try TokenizerDefinition(json: definition.json())
        try check(Tokenizer(read), file)
        #expect(read.fingerprint == definition.fingerprint)
        #expect(try read.json() == definition.json())
    }

    /// The file gives "▁▁" the id of the control token `<x>`, which only parsed text may become.
    @Test func plainTextNeverBecomesAControlTokenWithTheSameID() throws {
        let file = try #require(Self.files.first { $0.name == "gaps-and-new" })
        let definition = try TokenizerDefinition(json: Array(file.tokenizer.utf8))
        #expect(definition.notes.contains { $0.contains("have the ids of other tokens") })
        let tokenizer = try Tokenizer(definition)
        let control = try #require(tokenizer.specialToken("<x>"))
        #expect(try tokenizer.encode("▁▁", addingSpecialTokens: false, parsingSpecialTokens: true) == [control])
        let mark = try tokenizer.encode("▁", addingSpecialTokens: false)
        #expect(try tokenizer.encode("▁▁", addingSpecialTokens: false) == mark + mark)
    }

    private func check(_ tokenizer: Tokenizer, _ file: File) throws {
        for text in file.texts {
            let ids = try tokenizer.encode(text.text, addingSpecialTokens: false, parsingSpecialTokens: true)
            #expect(ids == text.ids, "\(text.text.debugDescription)")
            #expect(tokenizer.decode(text.ids, skippingSpecialTokens: false) == text.decoded)
            var detokenizer = StreamingDetokenizer(tokenizer, skippingSpecialTokens: false)
            let pieces = text.ids.map { detokenizer.append($0) } + [detokenizer.finish()]
            #expect(pieces.joined() == text.decoded)
        }
    }
}
