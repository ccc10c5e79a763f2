import CheckpointFiles
import Foundation
import LayerSkip
import ModelTraining
import TestSupport
import Testing

/// Records of the forms that data sets have, in JSON Lines, JSON and compressed files.
struct CorpusRecordTests {
    private let corpus: CorpusEncoding

    init() throws { corpus = try CorpusEncoding() }

    /// The texts of a shard's documents up to the first scored token, and from there.
    private func texts(
        _ path: String, form: RecordForm? = nil, separator: String? = nil, template: ChatTemplate? = nil,
        parsing: Bool = false
    ) throws -> [[String]] {
        var encoder = try CorpusEncoder(corpus.definition)
        encoder.chatTemplate = template
        encoder.parsesSpecialTokens = parsing
        let output = corpus.folder.file("out.tokens")
        _ = try encoder.encode(
            Corpus(files: [path], separator: separator, form: form), to: output, on: ThreadPool(threads: 2))
        let shard = try TokenShard(path: output)
        let tokenizer = try Tokenizer(corpus.definition)
        return try shard.documents.map { document in
            let ids = try shard.tokens(in: document.tokens)
            return [ids.prefix(document.promptLength), ids.dropFirst(document.promptLength)].map {
                tokenizer.decode($0, skippingSpecialTokens: false)
            }
        }
    }

    private static let end = "<|endoftext|>"

    @Test(arguments: [
        (#"{"prompt":"a","answer":"b"}"#, ["a", "b"]), (#"{"prompt":"a","completion":"b"}"#, ["a", "b"]),
        (#"{"text":"a"}"#, ["", "a"]),
        (
            #"{"instruction":"a","input":"","output":"b"}"#,
            [
                "Below is an instruction that describes a task. Write a response that appropriately completes the "
                    + "request.\n\n### Instruction:\na\n\n### Response:\n", "b",
            ]
        ),
        (
            #"{"instruction":"a","input":"i","output":"b"}"#,
            [
                "Below is an instruction that describes a task, paired with an input that provides further context. "
                    + "Write a response that appropriately completes the request.\n\n### Instruction:\na\n\n"
                    + "### Input:\ni\n\n### Response:\n", "b",
            ]
        ),
    ])
    func formsAreRecognized(line: String, expected: [String]) throws {
        let texts = [expected[0], expected[1] + Self.end]
        #expect(try self.texts(corpus.text("\(line)\n\n\(line)", "a.jsonl")) == [texts, texts])
        #expect(try self.texts(corpus.text(" [\(line) ,\n\(line)]\n", "a.json")) == [texts, texts])
        #expect(try self.texts(corpus.text("\(line)\n\(line)", "a.json")) == [texts, texts])
        #expect(try self.texts(corpus.text(line, "b.json")) == [texts])
    }

    @Test func instructionsAreConversationsWithATemplate() throws {
        let template = try ChatTemplate(
            jinja: """
                {% for m in messages %}{{ m.role }}: {{ m.content }}|{% endfor %}\
                {% if add_generation_prompt %}assistant: {% endif %}
                """)
        let path = corpus.text(#"{"instruction":"a","input":"i","output":"b"}"#, "a.jsonl")
        #expect(try texts(path, template: template) == [["user: a\n\ni|assistant: ", "b|\(Self.end)"]])
    }

    /// TRL's form of conversations: only the completion is learned.
    @Test func promptsAndAnswersMayBeListsOfMessages() throws {
        let template = try ChatTemplate(
            jinja: """
                {% for m in messages %}{{ m.role }}: {{ m.content }}|{% endfor %}\
                {% if add_generation_prompt %}assistant: {% endif %}
                """)
        let question = #"{"role":"user","content":"q"}"#
        let path = corpus.text(
            #"{"prompt":[\#(question),{"role":"assistant","content":"a"},\#(question)],"#
                + #""completion":[{"role":"assistant","content":"b"}]}"#, "a.jsonl")
        #expect(
            try texts(path, template: template) == [["user: q|assistant: a|user: q|assistant: ", "b|\(Self.end)"]])
        let marking = try ChatTemplate(
            jinja: """
                {% for m in messages %}{{ m.role }}: {% if m.role == 'assistant' %}{% generation %}{{ m.content }}|\
                {% endgeneration %}{% else %}{{ m.content }}|{% endif %}{% endfor %}
                """)
        #expect(
            try texts(path, template: marking) == [["user: q|assistant: a|user: q|assistant: ", "b|\(Self.end)"]])
        let answered = corpus.text(#"{"prompt":[\#(question)],"completion":"b","system":"s","tools":"[]"}"#, "b.jsonl")
        #expect(try texts(answered, template: template) == [["system: s|user: q|assistant: ", "b|\(Self.end)"]])
        for (line, place, found) in [
            (#"{"prompt":"a","answer":[\#(question)]}"#, "prompt", "a string"),
            (#"{"prompt":[\#(question)]}"#, "answer", "null"),
            (#"{"prompt":[\#(question)],"answer":[{"role":"assistant"}]}"#, "answer[0].content", "none"),
        ] {
            let path = corpus.text(line, "c.jsonl")
            let error = #expect(throws: FileError.self) { try texts(path, template: template) }
            #expect(error?.name == place && error?.found == found, "\(error as Any)")
        }
    }

    /// TRL's form of answers of both kinds, of which only one may be learned.
    @Test func answersThatMayBeWrongAreRefused() throws {
        let line = #"{"prompt":"a","completion":"b","label":false}"#
        let error = #expect(throws: FileError.self) { try texts(corpus.text(line, "a.jsonl")) }
        #expect(error?.expected == "only right answers", "\(error as Any)")
        let form = try #require(RecordForm(keys: "prompt=prompt,answer=completion"))
        #expect(try texts(corpus.text(line, "b.jsonl"), form: form) == [["a", "b\(Self.end)"]])
        let other = corpus.text(#"{"prompt":"a","answer":"b","label":3}"#, "c.jsonl")
        #expect(try texts(other) == [["a", "b\(Self.end)"]])
    }

    @Test func otherKeysAreGiven() throws {
        let form = try #require(RecordForm(keys: "prompt=question,answer=response"))
        let path = corpus.text(#"{"question":"a","response":"b","prompt":"c"}"#, "a.jsonl")
        #expect(try texts(path, form: form) == [["a", "b\(Self.end)"]])
        let body = try #require(RecordForm(keys: "text=body"))
        #expect(try texts(corpus.text(#"[{"body":"a"}]"#, "a.json"), form: body) == [["", "a\(Self.end)"]])
        for keys in ["", "text", "text=", "prompt=a", "prompt=a,answer=b,answer=c", "other=a", "text=a,"] {
            #expect(RecordForm(keys: keys) == nil, "\(keys)")
        }
        let error = #expect(throws: FileError.self) { try texts(corpus.text(#"{"text":"a"}"#, "b.jsonl"), form: body) }
        #expect(error?.expected == "the key \"body\"" && error?.found == "only the key \"text\"")
    }

    @Test func otherFormsInAFileAreRefused() throws {
        let cases = [
            (#"{"text":"a"}"# + "\n" + #"{"prompt":"a","answer":"b"}"#, 2, #"the key "text", as in line 1"#),
            ("\n" + #"{"prompt":"a","answer":"b"}"# + "\n" + #"{"prompt":"a","completion":"b"}"#, 3, "as in line 2"),
            (#"{"text":"a"}"# + "\n" + #"{"title":"a"}"#, 2, #"{"messages": [...]}, {"prompt""#),
            (#"{"title":"a"}"#, 1, #"{"text": "..."}"#),
        ]
        for (lines, number, expected) in cases {
            for path in [corpus.text(lines, "a.jsonl"), corpus.text(lines, "a.json")] {
                let error = #expect(throws: FileError.self) { try texts(path) }
                #expect(error?.file == "\(path), line \(number)", "\(error as Any)")
                #expect(error?.expected.contains(expected) == true, "\(error as Any)")
            }
        }
    }

    @Test func damagedListsAreErrorsWithTheirLines() throws {
        let cases = [
            ("[{\"text\":\"a\"}\n{\"text\":\"b\"}]", 2, "\",\" or \"]\""), ("[\n{\"text\":\"a\"},\n", 3, "a record"),
            ("[{\"text\":\"a\"}] x", 1, "the end after the list"), ("\n[3]", 2, "a record: an object"),
            ("{\"text\":\"[{]}\\\"", 1, "an object that ends"), ("\n\n3", 3, "a record: an object"),
            ("[{\"text\":\"a\"}\n, ]", 2, "a record: an object"),
        ]
        for (text, line, expected) in cases {
            let path = corpus.text(text, "a.json")
            let error = #expect(throws: FileError.self) { try texts(path) }
            #expect(error?.name == "line \(line)", "\(error as Any)")
            #expect(error?.expected.hasPrefix(expected) == true, "\(error as Any)")
        }
        #expect(try texts(corpus.text("[ {\"text\":\"]}\\\\\"} ]", "a.json")) == [["", "]}\\\(Self.end)"]])
    }

    @Test func compressedFilesAreRead() throws {
        let line = corpus.text(#"{"prompt":"a","answer":"b"}"# + "\n", "a.jsonl")
        let text = corpus.text("the cat", "b.txt")
        for path in [line, text] {
            let gzip = Process()
            gzip.executableURL = URL(filePath: "/usr/bin/env")
            gzip.arguments = ["gzip", "-k", path]
            try gzip.run()
            gzip.waitUntilExit()
            #expect(gzip.terminationStatus == 0)
        }
        #expect(try texts(line + ".gz") == [["a", "b\(Self.end)"]])
        #expect(try texts(text + ".gz") == [["", "the cat\(Self.end)"]])
        let whole = try bytes(text + ".gz")
        let cut = corpus.folder.write(Array(whole.dropLast(6)), as: "cut.txt.gz")
        let error = #expect(throws: FileError.self) { try texts(cut) }
        #expect(error?.file == cut && error?.expected == "a complete gzip file", "\(error as Any)")
        // As for gzip, a file may consist of several parts, and end with zeros.
        let parts = corpus.folder.write(whole + whole + [0, 0, 0], as: "parts.txt.gz")
        #expect(try texts(parts) == [["", "the catthe cat\(Self.end)"]])
        for rest in [[1, 2, 3], Array(whole.dropFirst()), [0, 0x1F]] {
            let path = corpus.folder.write(whole + rest, as: "rest.txt.gz")
            let error = #expect(throws: FileError.self) { try texts(path) }
            #expect(error?.expected == "a complete gzip file", "\(error as Any)")
        }
        let other = #expect(throws: FileError.self) { try texts(corpus.text("no", "no.txt.gz")) }
        #expect(other?.expected == "a gzip file, as its name says")
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        let file = try MappedFile(path: path)
        return file.bytes(0..<file.byteCount)
    }

    @Test func separatorsDivideTexts() throws {
        let stories = "Once\n<|endoftext|>\nThere\nwas\r\n<|endoftext|>\r\n<|endoftext|><|endoftext|>end\n"
        let path = corpus.text(stories, "a.txt")
        let texts = try texts(path, separator: "<|endoftext|>")
        #expect(texts.map { $0[1] } == ["Once", "There\nwas", "end\n"].map { $0 + Self.end })
        #expect(
            try self.texts(corpus.text("a|b|", "b.txt"), separator: "|").map { $0[1] }
                == ["a", "b"].map { $0 + Self.end })
        // The empty texts between separators are counted.
        let summary = try CorpusEncoder(corpus.definition).encode(
            Corpus(files: [path], separator: "<|endoftext|>"), to: corpus.folder.file("out.tokens"),
            on: ThreadPool(threads: 1))
        #expect(summary?.remarks.empty == 2 && summary?.remarks.spelledOut == 0)
        // A separator that two portions of the file share.
        let long = String(repeating: "a", count: 1 << 20)
        for shift in [0, 1, 6, 12, 13] {
            let text = long.dropLast(shift) + "<|endoftext|>b"
            let corpus = try Corpus(files: [corpus.text(String(text), "c.txt")], separator: "<|endoftext|>")
            #expect(corpus.count == 2)
        }
    }

    @Test func specialTokensAreParsedIfAsked() throws {
        let pair = corpus.text(#"{"prompt":"a<|endoftext|>","answer":"b<|endoftext|>c"}"#, "a.jsonl")
        _ = try texts(pair, parsing: true)
        let shard = try TokenShard(path: corpus.folder.file("out.tokens"))
        let tokenizer = try Tokenizer(corpus.definition)
        let expected = try [tokenizer.encode("a"), [0], tokenizer.encode("b"), [0], tokenizer.encode("c"), [0]]
        #expect(try shard.tokens(in: 0..<shard.tokenCount) == expected.flatMap(\.self))
        // The text of a message never becomes a special token.
        let chat = corpus.text(
            #"{"messages":[{"role":"user","content":"<|endoftext|>"},{"role":"assistant","content":"b"}]}"#, "b.jsonl")
        _ = try texts(
            chat, template: try ChatTemplate(jinja: "{% for m in messages %}{{ m.content }}{% endfor %}"),
            parsing: true)
        let other = try TokenShard(path: corpus.folder.file("out.tokens"))
        #expect(try other.tokens(in: 0..<other.tokenCount).count { $0 == 0 } == 1)
    }

    @Test func duplicatesAreCounted() throws {
        let lines = ["a", "b", "a", "a", ""].map { #"{"text":"\#($0)"}"# }.joined(separator: "\n")
        let summary = try corpus.encode([corpus.text(lines, "a.jsonl"), corpus.text("b", "b.txt")]).1
        #expect(summary.remarks.duplicates == 3 && summary.remarks.empty == 1 && summary.documents == 5)
    }

    @Test func conversationsWithoutAnAnswerAreLeftOut() throws {
        let lines = #"""
            {"messages":[{"role":"user","content":"a"}]}
            {"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}
            """#
        var encoder = try CorpusEncoder(corpus.definition)
        encoder.chatTemplate = try ChatTemplate(jinja: "{% for m in messages %}{{ m.content }}{% endfor %}")
        let summary = try encoder.encode(
            Corpus(files: [corpus.text(lines, "a.jsonl")]), to: corpus.folder.file("out.tokens"),
            on: ThreadPool(threads: 1))
        // The answer, and its end.
        #expect(summary?.documents == 1 && summary?.remarks.withoutAnswer == 1 && summary?.scoredTokens == 2)
    }

    @Test func otherFilesAreRefusedByName() throws {
        let error = #expect(throws: FileError.self) { try Corpus(files: ["data/train.parquet"]) }
        #expect(
            error?.found.contains(
                "pandas.read_parquet('train.parquet').to_json('train.jsonl', orient='records', lines=True)") == true,
            "\(error as Any)")
    }
}
