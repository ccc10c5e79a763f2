import CheckpointFiles
import Foundation
import LayerSkip
import ModelTraining
import TestSupport
import Testing

/// Files that are not the text they seem to be.
struct CorpusFileKindTests {
    private let corpus: CorpusEncoding

    init() throws { corpus = try CorpusEncoding() }

    @Test func pairsUnderAnotherNameAreNoProse() throws {
        let pair = #"{"prompt":"a","answer":"b"}"# + "\n"
        for name in ["pairs", "pairs.jsonl.1", "pairs.txt"] {
            let error = #expect(throws: FileError.self) { try corpus.encode([corpus.text(pair, name)]) }
            #expect(error?.file == corpus.folder.file(name))
            #expect(error?.found.contains("rename it to .jsonl") == true, "\(error as Any)")
        }
        let packed = #expect(throws: FileError.self) {
            try JSONLines.refuse(Array(pair.utf8), file: "pairs.txt.gz, text 1")
        }
        #expect(packed?.found.contains("rename it to .jsonl.gz)") == true, "\(packed as Any)")
        #expect(try corpus.encode([corpus.text("{\"key\": 1}\n", "settings.txt")]).1.documents == 1)
    }

    @Test func linesOfOtherKeysAreNoProse() throws {
        let cases = [
            (
                #"{"text":"a"}"# + "\n" + #"{"text":"b"}"#,
                #"JSON Lines with only the key "text" (to learn its texts, rename"#
            ),
            (
                "\u{FEFF}\n {\"instruction\":\"a\",\"output\":1}\r\n\n{\"id\":[]}\n",
                #"only the keys "instruction", "output" (to learn"#
            ),
            (#"{"messages":[]}"# + "\n" + #"{"messages":[]}"# + "\nx", "to learn conversations, rename it to .jsonl"),
            (#"{"messages":[]}"#, "to learn conversations, rename it to .jsonl"),
            (#"{"answer":"a"}"# + "\n" + #"{"answer":"b"}"#, #"only the key "answer" (to learn answers only"#),
        ]
        for (lines, found) in cases {
            let path = corpus.text(lines, "data.txt")
            let error = #expect(throws: FileError.self) { try corpus.encode([path]) }
            #expect(error?.file == path)
            #expect(error?.expected == "prose")
            #expect(error?.found.contains(found) == true, "\(error as Any)")
        }
        // A single object, code in braces and a list are prose.
        for prose in ["{\"key\": 1}\n", "{\n\"a\": 1}\n", "{ x }\n{ y }\n", "[1]\n[2]\n", "{\"a\": 1}\nand so on\n"] {
            #expect(try corpus.encode([corpus.text(prose, "prose.txt")]).1.documents == 1, "\(prose)")
        }
    }

    @Test(arguments: [
        ("a.txt.zst", "unpack it first"), ("a.tar.gz", "unpack it first"), ("a.feather", "read_feather"),
        ("a.Parquet", "convert it"), ("a.tokens", "convert it"), ("a.txt.12-3.partial", "rename it if it is"),
    ])
    func filesThatAreNoTextAreRefusedByName(_ name: String, _ advice: String) throws {
        let error = #expect(throws: FileError.self) { try Corpus(files: ["folder/\(name)"]) }
        #expect(error?.file == "folder/\(name)")
        #expect(error?.found.contains(advice) == true, "\(error as Any)")
    }

    @Test func bytesThatAreNoUTF8AreNamed() throws {
        let utf16 = Array("the cat".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let files: [(name: String, content: [UInt8], found: String)] = [
            ("mark.txt", [0xFF, 0xFE] + utf16, "text in UTF-16"), ("bare.txt", utf16, "text in UTF-16"),
            ("pairs.jsonl", [0xFF, 0xFE] + utf16, "text in UTF-16"), ("gzip", [0x1F, 0x8B, 8, 0], "a gzip file"),
            ("table", Array("PAR1".utf8) + [0x15, 0, 0xFF], "a Parquet file"),
        ]
        for file in files {
            let path = corpus.folder.write(file.content, as: file.name)
            let error = #expect(throws: FileError.self) { try corpus.encode([path]) }
            #expect(error?.file == path)
            #expect(error?.found == file.found, "\(file.name)")
        }
        // Text that mentions such files is text.
        _ = try corpus.encode([corpus.text("PAR1 begins a Parquet file", "about.txt")])
        let skipped = try corpus.encode(
            [corpus.text("the", "a.txt"), corpus.folder.file("bare.txt")], invalidText: .skip
        ).1.remarks.skipped
        #expect(skipped == [corpus.folder.file("bare.txt")])
    }

    @Test func aByteOrderMarkIsNoText() throws {
        let pair = #"{"prompt":"a","answer":"b"}"#
        let plain = try corpus.encode([corpus.text("the cat", "a.txt"), corpus.text(pair, "b.jsonl")]).0
        let marked = try corpus.encode([
            corpus.text("\u{FEFF}the cat", "a2.txt"), corpus.text("\u{FEFF}" + pair, "b2.jsonl"),
        ]).0
        #expect(try plain.tokens(in: 0..<plain.tokenCount) == marked.tokens(in: 0..<marked.tokenCount))
        // A file with only a mark has no text. Within a file, the mark is text.
        #expect(
            try corpus.encode([corpus.text("the", "a.txt"), corpus.text("\u{FEFF}", "c.txt")]).1.remarks.empty == 1)
        #expect(try corpus.encode([corpus.text("a\u{FEFF}", "d.txt")]).0.tokenCount > 2)
    }
}
