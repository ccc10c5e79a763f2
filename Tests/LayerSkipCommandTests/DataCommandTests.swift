import CommandTesting
import TestSupport
import Testing

@Suite("train-tokenizer and prepare-data")
struct DataCommandTests {
    private let folder = TemporaryFolder()

    private func write(_ text: String, _ name: String) -> String { folder.write(Array(text.utf8), as: name) }

    @Test func fromTextsToTokens() throws {
        let texts = (0..<3).map { write("the cat and the dog, \($0) times", "\($0).txt") }
        let vocabulary = folder.file("tokenizer.json")
        let trained = try CommandRun(
            [
                "train-tokenizer", folder.path, "--endings", "txt", "--vocabulary-size", "270", "--output", vocabulary,
                "--format", "json",
            ])
        #expect(trained.code == 0, "\(trained.errors)")
        #expect(try trained.json["documents"] as? Int == 3)
        #expect(try trained.json["tokens"] as? Int == 270)

        let list = write(texts.joined(separator: "\n") + "\n", "list")
        let data = try CommandRun(
            [
                "prepare-data", "--files", list, "--tokenizer", vocabulary, "--output", folder.file("a.tokens"),
                "--format",
                "json",
            ])
        #expect(data.code == 0, "\(data.errors)")
        #expect(try data.json["documents"] as? Int == 3)
        let shown = try CommandRun(["tokenize", "--model", vocabulary, "the cat and the dog, 0 times"])
        let ids = try #require(try shown.json["ids"] as? [Int])
        #expect(try data.json["tokens"] as? Int == 3 * (ids.count + 1))
        // A list of several parts, and an empty one.
        for text in [String(repeating: "the \"cat\" and\n", count: 3000), ""] {
            let shown = try CommandRun(["tokenize", "--model", vocabulary], input: text)
            let pieces = try #require(try shown.json["pieces"] as? [String])
            let count = (try shown.json["ids"] as? [Int])?.count
            #expect(pieces.joined() == text && pieces.count == count)
            #expect(pieces.isEmpty == text.isEmpty && (text.isEmpty || pieces.count > 8192))
        }
        #expect(folder.contents == ["0.txt", "1.txt", "2.txt", "a.tokens", "list", "tokenizer.json"])
    }

    @Test func badInput() throws {
        let text = write("a b", "a.txt")
        let bad = folder.write([0xC3, 0x28], as: "bad.txt")
        let output = folder.file("out")
        func run(_ arguments: String...) throws -> CommandRun { try CommandRun(arguments + ["--output", output]) }
        func expect(_ run: CommandRun, _ code: Int32, _ part: String, location: SourceLocation = #_sourceLocation) {
            #expect(run.code == code, sourceLocation: location)
            #expect(run.errors.contains(part), "\(run.errors)", sourceLocation: location)
        }
        expect(try run("train-tokenizer"), 2, "expected an <input> or --files")
        expect(try run("train-tokenizer", text, "--vocabulary-size", "100"), 2, "expected at least 257 tokens")
        expect(try run("train-tokenizer", text, "--pre-tokenizer", "no"), 2, "found \"no\"")
        expect(try run("train-tokenizer", folder.file("none")), 1, "expected a file or a folder, found nothing")
        expect(try run("train-tokenizer", bad), 1, "\(bad): byte 0: expected text in UTF-8")
        expect(try run("train-tokenizer", bad, "--skip-invalid"), 1, "\(bad): expected some text in UTF-8, found none")
        expect(try run("train-tokenizer", text, bad, "--skip-invalid"), 0, "skipped \(bad): not UTF-8")
        let vocabulary = folder.file("out")
        let data = ["prepare-data", text, "--output", folder.file("a.tokens"), "--tokenizer"]
        expect(try CommandRun(data + [vocabulary, "--end-of-text", "<|no|>"]), 1, "<|no|>")
        expect(try CommandRun(data + [text]), 1, "\(text): column 1: expected a value")
        expect(try CommandRun(data + [folder.file("none")]), 1, "none: expected a readable file")
        #expect(folder.contents == ["a.txt", "bad.txt", "out"])
    }

    @Test func whatIsLeftOutOrIgnoredIsSaid() throws {
        let data = folder.makeFolder("data")
        for (name, content) in [
            ("a.txt", "the <|endoftext|> cat"), ("b.json", "{}"), (".hidden", "x"), ("empty.txt", ""),
            ("pairs.ndjson", #"{"prompt":"a","answer":"","id":1}"#),
        ] {
            folder.write(Array(content.utf8), as: "data/\(name)")
        }
        let run = try CommandRun(["prepare-data", data, "--output", folder.file("a.tokens"), "--format", "json"])
        #expect(run.code == 0, "\(run.errors)")
        #expect(try run.json["documents"] as? Int == 2)
        #expect(
            run.errors == """
                note: left out of folders: 1 .json file, 1 hidden name
                note: left out 1 document without text
                note: 1 document with an empty answer: only its end is learned there
                note: ignored keys of records: "id"
                note: a special token such as "<|endoftext|>" is spelled out in 1 document and read as ordinary text \
                (if it separates texts, use --separator; if it stands for the token in a text, prompt or answer, use \
                --parse-special)

                """)
        let trained = try CommandRun(["train-tokenizer", data, "--output", folder.file("t.json"), "--format", "json"])
        // Training a tokenizer prints the same, and that there is little text.
        #expect(trained.errors.hasPrefix(run.errors), "\(trained.errors)")
        let named = try CommandRun(["prepare-data", "\(data)/b.json", "--output", folder.file("b.tokens")])
        #expect(named.code == 1)
        #expect(named.errors.contains("b.json, line 1: expected {\"messages\": [...]}"), "\(named.errors)")
        let bad = write(#"{"prompt":"Q","answer":"A","score":NaN}"#, "nan.jsonl")
        let nan = try CommandRun(["prepare-data", bad, "--output", folder.file("b.tokens")])
        #expect(
            nan.errors.hasPrefix("error: \(bad), line 1: column 36, key \"score\": expected a value, found NaN"),
            "\(nan.errors)")
        #expect(!folder.contents.contains("b.tokens"))
    }

    @Test func optionsWithoutEffectAreSaid() throws {
        let text = write("the cat", "a.txt")
        let pairs = write(#"{"q":"a","answer":"b"}"#, "a.jsonl")
        func errors(_ arguments: String...) throws -> String {
            let run = try CommandRun(["prepare-data", "--output", folder.file("a.tokens")] + arguments)
            #expect(run.code == 0, "\(run.errors)")
            return run.errors
        }
        let keys = ["--keys", "prompt=q,answer=answer"]
        #expect(try errors(text, keys[0], keys[1]).hasPrefix("note: --keys: no effect, since no input has records"))
        #expect(try errors(pairs, "--separator", "x", keys[0], keys[1]).hasPrefix("note: --separator: no effect"))
        #expect(try !errors(text, pairs, "--separator", "x", keys[0], keys[1]).contains("no effect"))
    }

    @Test func conversationsNeedTheTokenizerOfTheirModel() throws {
        let chats = write(#"{"messages":[{"role":"assistant","content":"b"}]}"#, "a.jsonl")
        let run = try CommandRun(["prepare-data", chats, "--output", folder.file("a.tokens")])
        #expect(run.code == 1)
        #expect(
            run.errors.contains(
                "found none; pass the instruct model that will be trained with --tokenizer, or a template's file"),
            "\(run.errors)")
    }

    /// A stream is recognized although it begins with a byte order mark.
    @Test func aMarkedStreamOfRecords() throws {
        let run = try CommandRun(
            ["prepare-data", "-", "--output", folder.file("a.tokens"), "--format", "json"],
            input: "\u{FEFF}" + #"{"prompt":"a","answer":"b"}"# + "\n" + #"{"prompt":"c","answer":"d"}"#)
        #expect(run.code == 0, "\(run.errors)")
        #expect(try run.json["documents"] as? Int == 2)
    }

    @Test func aQuotedHomeFolderIsFound() throws {
        let text = write("the cat", "a.txt")
        let run = try CommandRun(
            ["prepare-data", text, "--output", "~/a.tokens"], environment: ["HOME": folder.path])
        #expect(run.code == 0, "\(run.errors)")
        #expect(folder.contents == ["a.tokens", "a.txt"])
        let other = try CommandRun(["train-tokenizer", text, "--output", "~nobody/a.json"])
        #expect(other.code == 2)
        #expect(other.errors.contains("found \"~nobody/a.json\""), "\(other.errors)")
        // The input is checked later, since it may come from a list.
        let input = try CommandRun(["train-tokenizer", "~nobody/a.txt", "--output", "a.json"])
        #expect(input.code == 1)
        #expect(input.errors.contains("found \"~nobody/a.txt\""), "\(input.errors)")
    }

    @Test func interruptedWorkLeavesNothing() throws {
        // A pipe opened for reading and writing never ends, nor does the list of files. Signal 2 is bit 1 of those
        // caught.
        let script = """
            mkfifo "$1/pipe"
            "$LAYERSKIP" train-tokenizer --files - --output "$1/out" <>"$1/pipe" &
            until grep -q '^SigCgt:.*[2367abef]$' /proc/$!/status 2>/dev/null || ! kill -0 $! 2>/dev/null; do :; done
            sleep 0.2; kill -INT $! 2>/dev/null; wait $!
            """
        let run = try CommandRun(script: script, [folder.path])
        #expect(run.code == 1, "\(run.errors)")
        #expect(run.errors.contains("interrupted before there was a result"))
        #expect(folder.contents == ["pipe"])
    }
}
