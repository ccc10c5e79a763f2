import CheckpointFiles
import Foundation
import LayerSkip
import ModelTraining
import TestSupport
import Testing

/// Pairs of prompt and answer in JSON Lines.
struct CorpusPairsTests {
    private let corpus: CorpusEncoding

    init() throws { corpus = try CorpusEncoding() }

    @Test func promptsAreEncodedByThemselves() throws {
        let lines = #"{"prompt":"the c","answer":"at"}"# + "\r\n\n" + #"{"answer":"\"é\"","prompt":""}"# + "\n"
        let (shard, summary) = try corpus.encode([corpus.text(lines, "pairs.jsonl")])
        let tokenizer = try Tokenizer(corpus.definition)
        #expect(summary.documents == 2)
        let first = shard.documents[0]
        #expect(try shard.tokens(in: first.tokens) == tokenizer.encode("the c") + tokenizer.encode("at") + [0])
        #expect(try first.promptLength == tokenizer.encode("the c").count)
        #expect(try shard.tokens(in: shard.documents[1].tokens) == tokenizer.encode("\"é\"") + [0])
        #expect(shard.documents[1].promptLength == 0)
    }

    @Test(arguments: ["jsonl", "JSONL", "ndjson", "NdJson", "jsonlines"]) func jsonLinesAreToldByTheirNames(
        _ ending: String
    ) throws {
        let (shard, _) = try corpus.encode([corpus.text(#"{"prompt":"a","answer":"b"}"# + "\n", "pairs.\(ending)")])
        #expect(shard.documents.map(\.promptLength) == [1])
    }

    @Test func otherShapesOfPairsAreRefusedWithAdvice() throws {
        let lines = [
            (#"{"question":"a","response":"b"}"#, "--keys prompt=question,answer=response"),
            ("{}", "no key"),
        ]
        for (line, found) in lines {
            let path = corpus.text("\n" + line, "pairs.jsonl")
            let error = #expect(throws: FileError.self) { try corpus.encode([path]) }
            #expect(error?.file == "\(path), line 2")
            #expect(error?.expected.hasPrefix(#"{"messages": [...]}, {"prompt": "...", "answer": "..."}, "#) == true)
            #expect(error?.found.contains(found) == true, "\(error as Any)")
        }
    }

    @Test func whatIsIgnoredIsRemarkedUpon() throws {
        let lines = [
            #"{"prompt":"a","answer":"b","id":7,"score":1e999}"#, #"{"prompt":"a","answer":"","source":{"id":null}}"#,
            #"{"prompt":"","answer":""}"#, #"{"prompt":"","answer":"<|endoftext|> b"}"#,
        ]
        let remarks = try corpus.encode([
            corpus.text(lines.joined(separator: "\n"), "pairs.jsonl"), corpus.text("", "a.jsonl"),
        ]).1.remarks
        #expect(remarks.ignoredKeys == ["id", "score", "source"])
        #expect(remarks.emptyAnswers == 1)
        #expect(remarks.empty == 2)
        #expect(remarks.spelledOut == 1)
        #expect(remarks.spelledOutToken == "<|endoftext|>")
    }
}
