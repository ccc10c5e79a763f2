import CheckpointFiles
import LayerSkip
import TestSupport

/// Training data and metrics in JSON Lines.
enum JSONLinesTarget: FuzzTarget {
    static let name = "json-lines"

    static func seeds() -> [[UInt8]] {
        [
            "\u{FEFF}{\"prompt\": \"a \\ud83d\\ude42\", \"answer\": \"b\\n\"}\r\n\n"
                + "{\"prompt\": \"\", \"answer\": \"c\"}\n",
            "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": null, "
                + "\"tool_calls\": [{\"function\": {\"name\": \"f\", \"arguments\": \"{}\"}}]}], \"tools\": [{}], \"id\": 1, "
                + "\"documents\": [{\"text\": \"d\"}]}\n",
            """
            {"step":1,"loss":2.5,"last_loss":2.5,"norm":1e-3,"rate":0.1,"tokens":64,"tokens_per_second":10.5}
            {"step":1,"scored_tokens":9,"exits":[{"exit":1,"loss":1,"accuracy":0.5,"agreement":1}]}

            """,
        ].map { Array($0.utf8) }
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let path = folder.write(input, as: "in.jsonl")
        for line in try LineLog.lines(of: path) {
            guard let metrics: TrainingMetrics = JSONText.decode(line: line) else { continue }
            let again: TrainingMetrics? = JSONText.decode(line: JSONText.encode(metrics, onOneLine: true))
            require(again == metrics, "\(String(describing: again)) is \(metrics)")
        }
        // The same bytes as a list of records, and as texts with a separator.
        if let corpus = try? Corpus(files: [folder.write(input, as: "in.json")]) {
            _ = try? encoder.encode(corpus, to: folder.file("out.tokens"), on: pool)
        }
        _ = try? Corpus(files: [folder.write(input, as: "in.txt")], separator: "\n")
        let corpus = try Corpus(files: [path])
        let shard = folder.file("out.tokens")
        guard let summary = try encoder.encode(corpus, to: shard, invalidText: .skip, on: pool) else { return }
        let remarks = summary.remarks
        let count = summary.documents + remarks.empty + remarks.skipped.count + remarks.withoutAnswer
        require(
            count == corpus.count || count > corpus.count && remarks.dividedConversations > 0,
            "\(summary) is of \(corpus.count) documents")
        require(summary.scoredTokens <= summary.tokens, "\(summary)")
        let written = try TokenShard(path: shard)
        require(written.tokenCount == summary.tokens && written.documents.count == summary.documents, "\(summary)")
    }

    private static let pool = ThreadPool(threads: 1)
    private static let encoder: CorpusEncoder = {
        do {
            var encoder = try CorpusEncoder(TokenizerDefinition(json: TokenizerTarget.seeds()[0].parts(2)[0]))
            encoder.chatTemplate = try ChatTemplate(
                jinja: """
                    {{ tools | tojson }}{{ documents }}{% for message in messages %}{{ message.role }}: \
                    {{ message.content }}{{ message.tool_calls }}{% endfor %}
                    """)
            return encoder
        } catch {
            fatalError("\(error)")
        }
    }()
}
